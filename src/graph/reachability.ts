/**
 * Everything that can be reached from `starts`, which are included. Asks for the neighbours of each node once,
 * so it takes time linear in nodes and edges; it does not recurse, so a chain of any length is fine.
 */
export function reachableFrom(
  starts: Iterable<string>,
  neighbours: (node: string) => readonly string[],
): ReadonlySet<string> {
  const reached = new Set(starts);
  // A Set is walked in insertion order, and what is added on the way is walked too: it is its own queue.
  for (const node of reached) {
    for (const neighbour of neighbours(node)) reached.add(neighbour);
  }
  return reached;
}
