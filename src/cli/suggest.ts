/**
 * ` (Did you mean X?)` for a mistyped word, or nothing when no word is near.
 *
 * @example
 * suggest('ICP_PENDIGN', ['ICP_PENDING', 'CANCELLED']) // ' (Did you mean ICP_PENDING?)'
 */
export function suggest(word: string, known: readonly string[]): string {
  const ranked = known
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance);
  const best = ranked[0];
  if (best === undefined || best.distance > Math.max(1, 0.4 * best.candidate.length)) return '';
  return ` (Did you mean ${best.candidate}?)`;
}

/** Levenshtein, one row at a time. */
function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const replaced = (row[j - 1] as number) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(replaced, (row[j] as number) + 1, (next[j - 1] as number) + 1));
    }
    row = next;
  }
  return row[b.length] as number;
}
