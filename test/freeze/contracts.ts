import { migrationFiles, type MigrationFile } from '../../src/database/migration-files';
import type { Change } from './change';
import { compareGraphs, presentGraphs, type FrozenGraph } from './graphs';
import { compareLimits, presentLimits, type Limits } from './limits';
import { compareMessages } from './messages/compare-messages';
import { declaredMessages } from './messages/declared-messages';
import type { Message } from './messages/message';
import { parsedMessages } from './messages/parsed-messages';
import { compareMigrations } from './migrations';

/** All that others rely on beside the histories: it may gain, and not change. */
export interface Contracts {
  readonly graphs: readonly FrozenGraph[];
  readonly migrations: readonly MigrationFile[];
  readonly limits: Limits;
  readonly messages: readonly Message[];
}

/** As the code is now. The compiler reads all workflow code for it: some 3 s. */
export async function presentContracts(): Promise<Contracts> {
  const [graphs, migrations, parsed] = await Promise.all([
    presentGraphs(),
    migrationFiles(),
    parsedMessages(),
  ]);
  return { graphs, migrations, limits: presentLimits(), messages: [...declaredMessages(), ...parsed] };
}

export function compareContracts(frozen: Contracts, present: Contracts): Change[] {
  return [
    ...compareGraphs(frozen.graphs, present.graphs),
    ...compareMigrations(frozen.migrations, present.migrations),
    ...compareLimits(frozen.limits, present.limits),
    ...compareMessages(frozen.messages, present.messages),
  ];
}
