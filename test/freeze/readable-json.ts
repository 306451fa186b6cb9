const WIDTH = 110;

/**
 * JSON to read and to diff: what fits stands on one line, everything else one item a line.
 *
 * @example
 * readableJson({ a: [1, 2] }) // '{ "a": [1, 2] }\n'
 */
export function readableJson(value: unknown): string {
  return `${write(value, 0)}\n`;
}

function write(value: unknown, indent: number): string {
  const flat = flatten(value);
  if (flat.length + indent <= WIDTH || typeof value !== 'object' || value === null) return flat;
  const inner = ' '.repeat(indent + 2);
  const [open, close, lines] = Array.isArray(value)
    ? ['[', ']', value.map((item) => write(item, indent + 2))]
    : [
        '{',
        '}',
        Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${write(item, indent + 2)}`),
      ];
  return `${open}\n${lines.map((line) => inner + line).join(',\n')}\n${' '.repeat(indent)}${close}`;
}

function flatten(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(flatten).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${flatten(item)}`);
  return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
}
