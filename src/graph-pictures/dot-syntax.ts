export type Attributes = Readonly<Record<string, string | number>>;

/** `[label="a", width=1]` */
export function list(attributes: Attributes): string {
  const entries = Object.entries(attributes).map(
    ([name, value]) => `${name}=${typeof value === 'number' ? value : quoted(value)}`,
  );
  return `[${entries.join(', ')}]`;
}

/** A text as Graphviz reads it back. It knows HTML entities and backslashes in texts; none of ours is meant so. */
export function quoted(text: string): string {
  const escaped = text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('&', '&amp;');
  return `"${escaped.replaceAll(/\r\n|\r|\n/g, '\\n')}"`;
}
