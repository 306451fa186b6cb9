import { Client, Connection } from '@temporalio/client';
import { DefaultLogger, Runtime } from '@temporalio/worker';
import type { Pool } from 'pg';

import { IntentClient } from '../../src/client';
import { createPool } from '../../src/database/pool';
import { startStack, type Stack } from '../../src/dev/stack/stack';
import type { Finding } from '../../src/ops/findings';
import { verify, type VerifyOptions, type VerifySummary } from '../../src/ops/verify';
import { fromEnvironment } from '../setup/intent-environment';

/** Servers of a test file's own: what Postgres lacks is looked for among all workflows that Temporal has. */
interface OwnServers {
  stack: Stack;
  temporal: Client;
  intents: IntentClient;
  /** As the engine's role. */
  pool: Pool;
  owner: Pool;
  verified: (options?: Partial<VerifyOptions>) => Promise<Verified>;
  /** An intent that was taken along these states. */
  walked: (organizationId: string, states: string[]) => Promise<string>;
  /** Takes rows away, as the restore of a backup from before would leave it; from 1 on, the intent too. */
  forgetInPostgres: (id: string, fromSequence: number) => Promise<void>;
}

interface Verified extends VerifySummary {
  found: Finding[];
  notChecked: string[];
}

/** @param worker whether the stack has one; default: true */
export function useOwnServers({ worker = true }: { worker?: boolean } = {}): OwnServers {
  const servers = {} as OwnServers;
  let connection: Connection;

  beforeAll(async () => {
    Runtime.install({ logger: new DefaultLogger('ERROR') });
    const stack = await startStack({
      temporary: true,
      headless: true,
      worker,
      postgresSettings: { fsync: 'off' },
    });
    const open = (name: string) =>
      createPool({ databaseUrl: stack.env[name] ?? '', applicationName: 'test', max: 5 });
    connection = await Connection.connect({ address: stack.env['TEMPORAL_ADDRESS'] ?? '' });
    const databaseUrl = stack.env['DATABASE_URL'] ?? '';
    Object.assign(servers, {
      stack,
      temporal: new Client({ connection }),
      intents: await IntentClient.connect({ databaseUrl, temporal: { connection } }),
      pool: open('DATABASE_URL'),
      owner: open('OWNER_DATABASE_URL'),
    });
  }, 60_000);
  afterAll(async () => {
    await servers.intents.close();
    await Promise.all([servers.pool.end(), servers.owner.end(), connection.close()]);
    await servers.stack.stop();
  });

  servers.verified = async (options = {}) => {
    const found: Finding[] = [];
    const notChecked: string[] = [];
    const summary = await verify({
      mode: 'full',
      pool: servers.pool,
      client: servers.temporal,
      workflowBundle: { codePath: fromEnvironment('TEST_WORKFLOW_BUNDLE') },
      onFinding: (finding) => found.push(finding),
      onUnchecked: (_id, reason) => notChecked.push(reason),
      ...options,
    });
    return { ...summary, found, notChecked };
  };

  servers.walked = async (organizationId, states) => {
    const { intents } = servers;
    const { id } = await intents.create({
      organizationId,
      title: 'walked',
      metadata: { a: 1 },
      createdBy: 'ada',
    });
    for (const to of states) await intents.transition(id, { to, actor: 'ada' }, { timeoutMs: 30_000 });
    await intents.waitForState(id, states.at(-1) ?? 'CREATED');
    return id;
  };

  servers.forgetInPostgres = async (id, fromSequence) => {
    const { owner } = servers;
    const tables = ['workflow_transition_audit', 'workflow_transition_rejections', 'intent_workflows'];
    for (const table of tables) await owner.query(`ALTER TABLE ${table} DISABLE TRIGGER USER`);
    await owner.query('DELETE FROM workflow_transition_audit WHERE workflow_id = $1 AND sequence >= $2', [
      id,
      fromSequence,
    ]);
    await owner.query('DELETE FROM workflow_transition_rejections WHERE workflow_id = $1', [id]);
    if (fromSequence === 1) await owner.query('DELETE FROM intent_workflows WHERE id = $1', [id]);
    else {
      await owner.query(
        `UPDATE intent_workflows i SET state = a.new_state, sequence = a.sequence, audit_hash = a.hash, ended_at = NULL
           FROM workflow_transition_audit a
          WHERE i.id = $1 AND a.workflow_id = i.id AND a.sequence = $2`,
        [id, fromSequence - 1],
      );
    }
    for (const table of tables) await owner.query(`ALTER TABLE ${table} ENABLE TRIGGER USER`);
  };
  return servers;
}
