import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';

import { CHECKOUT } from '../../src/dev/checkout';
import { formatGraphReference } from '../../src/graph';
import type { Contracts } from './contracts';
import type { FrozenGraph } from './graphs';
import type { Trail } from './histories/replay-runs';
import type { Limits } from './limits';
import type { Message } from './messages/message';
import { readableJson } from './readable-json';

export const FROZEN = join(CHECKOUT, 'test', 'frozen');

/** One file a graph and a message, so that a diff shows what has changed, and two branches seldom change one file. */
export function readFrozen(folder = FROZEN): Contracts {
  return {
    graphs: readEach(join(folder, 'graphs')) as FrozenGraph[],
    messages: readEach(join(folder, 'messages')) as Message[],
    migrations: readJson(join(folder, 'migrations.json'), []),
    limits: readJson<Limits>(join(folder, 'limits.json'), {}),
  };
}

/** Messages are replaced. Graphs stay, also those that have gone: a version that was ever used is not used again. */
export function writeFrozen(contracts: Contracts, folder = FROZEN): void {
  const graphs = new Map(readFrozen(folder).graphs.map(({ graph }) => [formatGraphReference(graph), graph]));
  for (const { graph } of contracts.graphs) graphs.delete(formatGraphReference(graph));
  const gone = [...graphs.values()].map((graph): FrozenGraph => ({ source: 'gone', graph }));
  rmSync(join(folder, 'messages'), { recursive: true, force: true });
  for (const name of ['graphs', 'messages', 'trails']) mkdirSync(join(folder, name), { recursive: true });
  for (const frozen of [...contracts.graphs, ...gone]) {
    writeJson(join(folder, 'graphs', `${formatGraphReference(frozen.graph)}.json`), frozen);
  }
  for (const message of contracts.messages) {
    writeJson(join(folder, 'messages', `${message.name.replaceAll(' ', '.')}.json`), message);
  }
  writeJson(join(folder, 'migrations.json'), contracts.migrations);
  writeJson(join(folder, 'limits.json'), contracts.limits);
}

/** Of each recorded run by its name. */
export function readTrails(folder = FROZEN): Map<string, Trail> {
  const trails = join(folder, 'trails');
  const files = existsSync(trails) ? readdirSync(trails) : [];
  return new Map(
    files.map((file) => [
      file.replace(/\.json\.gz$/, ''),
      JSON.parse(gunzipSync(readFileSync(join(trails, file))).toString()) as Trail,
    ]),
  );
}

/** Those of runs that do not replay stay as they were. Those of runs that were deleted go. */
export function writeTrails(
  trails: ReadonlyMap<string, Trail>,
  runs: readonly { name: string }[],
  folder = FROZEN,
): void {
  mkdirSync(join(folder, 'trails'), { recursive: true });
  const files = new Set(runs.map(({ name }) => `${name}.json.gz`));
  for (const file of readdirSync(join(folder, 'trails'))) {
    if (!files.has(file)) rmSync(join(folder, 'trails', file));
  }
  for (const [name, trail] of trails) {
    const path = join(folder, 'trails', `${name}.json.gz`);
    const json = Buffer.from(JSON.stringify(trail));
    // Compressed anew it might differ in nothing but the compression.
    if (existsSync(path) && gunzipSync(readFileSync(path)).equals(json)) continue;
    writeFileSync(path, gzipSync(json, { level: 9 }));
  }
}

function readEach(folder: string): unknown[] {
  const files = existsSync(folder) ? readdirSync(folder).toSorted() : [];
  return files.map((file) => readJson<unknown>(join(folder, file), undefined));
}

function readJson<T>(path: string, absent: T): T {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : absent;
}

function writeJson(path: string, value: unknown): void {
  writeFileSync(path, readableJson(value));
}
