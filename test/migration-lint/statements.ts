import { loadModule, parseSync, scanSync, type Node } from 'libpg-query';

interface Statement {
  readonly node: Node;
  /** Of its first word, 1-based. */
  readonly line: number;
  /** As it stands in the file. */
  readonly source: string;
}

export interface ParsedFile {
  readonly statements: readonly Statement[];
  /** Comments before the first statement, each without its marks. */
  readonly head: readonly string[];
}

const COMMENTS = ['SQL_COMMENT', 'C_COMMENT'];

/** Loads Postgres's own parser; before {@link parseFile}. */
export const loadParser = loadModule;

/**
 * The statements of a file, by Postgres's own grammar.
 *
 * @throws SqlError of the parser where it is no SQL
 */
export function parseFile(sql: string): ParsedFile {
  // The parser counts bytes.
  const bytes = Buffer.from(sql, 'utf8');
  const { tokens } = scanSync(sql);
  const words = tokens.filter(({ tokenName }) => !COMMENTS.includes(tokenName));
  const first = words[0]?.start ?? bytes.length;
  const statements = (parseSync(sql).stmts ?? []).flatMap(({ stmt, stmt_location = 0, stmt_len }) => {
    if (stmt === undefined) return [];
    const start = words.find((token) => token.start >= stmt_location)?.start ?? stmt_location;
    const end = stmt_len === undefined ? bytes.length : stmt_location + stmt_len;
    return [{ node: stmt, line: lineAt(bytes, start), source: bytes.toString('utf8', start, end) }];
  });
  const head = tokens
    .filter(({ tokenName, start }) => COMMENTS.includes(tokenName) && start < first)
    .map(({ start, end }) => bytes.toString('utf8', start, end).replace(/^(--|\/\*)\s*/, ''));
  return { statements, head };
}

function lineAt(bytes: Buffer, offset: number): number {
  return bytes.toString('utf8', 0, offset).split('\n').length;
}
