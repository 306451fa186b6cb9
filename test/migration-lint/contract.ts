/**
 * A file that takes something away says so in its head:
 *
 *     -- contract: the column title moved to metadata; unused since 0.4.0
 */
const CONTRACT = /^contract:/i;
const WHOLE = /^contract:\s*(?<reason>\S.*?)\s*;\s*unused since\s+(?<release>\d+\.\d+\.\d+\S*)$/i;

export type Contract =
  { readonly kind: 'none' } | { readonly kind: 'said' } | { readonly kind: 'wrong'; readonly why: string };

/**
 * What the head of a file says of it. Pure.
 *
 * @param head its comments before the first statement
 * @param released versions that have been released, of which one must be the release that stopped using it
 */
export function contractOf(head: readonly string[], released: readonly string[]): Contract {
  const lines = head.filter((line) => CONTRACT.test(line));
  if (lines.length === 0) return { kind: 'none' };
  for (const line of lines) {
    const release = WHOLE.exec(line.trim())?.groups?.['release'];
    if (release === undefined) return { kind: 'wrong', why: `"${line}" is not of the form "${FORM}"` };
    if (!released.includes(release)) {
      return {
        kind: 'wrong',
        why: `${release} has not been released: CHANGELOG.md has no such version. What it stops using goes in a release after it`,
      };
    }
  }
  return { kind: 'said' };
}

export const FORM = '-- contract: REASON; unused since RELEASE';

/** Versions that a changelog has a heading for. Pure. */
export function releasedVersions(changelog: string): string[] {
  return [...changelog.matchAll(/^## \[(\d[^\]]*)\]/gm)].map(([, version]) => version as string);
}
