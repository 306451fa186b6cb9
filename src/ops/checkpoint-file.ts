import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

import type { CheckpointStore } from './checkpoint';

/** Keeps a checkpoint in a file. */
export function checkpointFile(path: string): CheckpointStore {
  return {
    name: path,
    read: () => (existsSync(path) ? parseJson(readFileSync(path, 'utf8')) : undefined),
    // In one step: whoever reads it finds a whole file.
    write(checkpoint) {
      const partial = `${path}.${process.pid}`;
      writeFileSync(partial, `${JSON.stringify(checkpoint)}\n`);
      renameSync(partial, path);
    },
    remove: () => rmSync(path, { force: true }),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Something is there, and it is no checkpoint.
    return null;
  }
}
