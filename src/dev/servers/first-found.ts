/** One place to look at, or one way to make what is missing. */
export interface Source {
  /** As it reads in an error: `the SDK's download`. */
  name: string;
  /** Gives the path, or throws an error whose message says in one line why this source didn't do. */
  find: () => string | Promise<string>;
}

/**
 * Tries the sources in order and gives the first path found.
 *
 * @param what as it reads in an error: `the Temporal CLI`.
 * @param fix what a person can do when no source does.
 * @throws Error with a line for each source and the fix.
 */
export async function firstFound(
  what: string,
  sources: Source[],
  fix: string,
  signal?: AbortSignal,
): Promise<string> {
  const reasons: string[] = [];
  for (const { name, find } of sources) {
    try {
      return await find();
    } catch (error) {
      signal?.throwIfAborted();
      reasons.push(`  - ${name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(`Could not find or build ${what}:\n${reasons.join('\n')}\n${fix}`);
}
