/**
 * The most items of `after` that stand in the order of `before`: the others have moved. Items are distinct, and those
 * that only one of the two has count for nothing.
 *
 * @example
 * longestKeptOrder(['a', 'b', 'c'], ['c', 'a', 'new', 'b']) // Set { 'a', 'b' }: only c has moved
 */
export function longestKeptOrder(before: readonly string[], after: readonly string[]): ReadonlySet<string> {
  const placeBefore = new Map(before.map((item, place) => [item, place]));
  const shared = after.filter((item) => placeBefore.has(item));
  const places = shared.map((item) => placeBefore.get(item) ?? 0);
  // For each item the longest rising row that ends with it, and the item before it in that row.
  const lengths: number[] = [];
  const previous: number[] = [];
  for (const [index, place] of places.entries()) {
    let best = -1;
    for (let earlier = 0; earlier < index; earlier += 1) {
      if ((places[earlier] ?? 0) < place && (lengths[earlier] ?? 0) > (lengths[best] ?? 0)) best = earlier;
    }
    lengths.push((lengths[best] ?? 0) + 1);
    previous.push(best);
  }
  const kept = new Set<string>();
  for (let at = lengths.indexOf(Math.max(...lengths)); at >= 0; at = previous[at] ?? -1) {
    kept.add(shared[at] as string);
  }
  return kept;
}
