import { readFile } from 'node:fs/promises';
import { extname, resolve } from 'node:path';

import { createJiti } from 'jiti';

/** The file can't be read as a graph at all: missing, not JSON, or a module without a graph. */
class GraphFileError extends Error {
  override readonly name = 'GraphFileError';
}

/**
 * Reads a graph from a JSON file, or from a TypeScript or JavaScript module whose default export, or export named
 * `graph`, it is. What is returned is not yet judged as a graph.
 *
 * @throws GraphFileError which names the file and the fix
 */
export async function readGraphFile(path: string): Promise<unknown> {
  const absolute = resolve(path);
  return extname(path) === '.json' ? readJson(path, absolute) : loadModule(path, absolute);
}

async function readJson(path: string, absolute: string): Promise<unknown> {
  const text = await readFile(absolute, 'utf8').catch((error: Error) => {
    throw new GraphFileError(`${path}: can't be read (${error.message})`);
  });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new GraphFileError(`${path}: is not JSON (${(error as Error).message})`);
  }
}

async function loadModule(path: string, absolute: string): Promise<unknown> {
  const loaded = await createJiti(__filename)
    .import<Record<string, unknown>>(absolute)
    .catch((error: unknown) => {
      // A graph that `defineGraph` refuses comes with its own list of problems.
      if ((error as Error).name === 'GraphValidationError') throw error;
      throw new GraphFileError(`${path}: can't be loaded (${(error as Error).message})`);
    });
  const graph = loaded['default'] ?? loaded['graph'] ?? Object.values(loaded).find(looksLikeGraph);
  if (!looksLikeGraph(graph)) {
    throw new GraphFileError(`${path}: exports no graph; export the result of defineGraph as default`);
  }
  return graph;
}

function looksLikeGraph(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'steps' in value;
}
