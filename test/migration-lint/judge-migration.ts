import { additionsOf } from './additions';
import { contractOf, FORM } from './contract';
import { judgeCode } from './judge-code';
import { judgeStatement } from './judge-statement';
import type { Problem } from './problem';
import { parseFile, type ParsedFile } from './statements';

const SHOWN_LENGTH = 120;

/**
 * What in a migration would break the release before, or hold it up, while both are in use; none where it only adds. A head
 * comment that calls the file a contract excuses what it takes away. Needs `loadParser`.
 *
 * @param released versions that have been released
 */
export function judgeMigration(sql: string, released: readonly string[]): Problem[] {
  let file: ParsedFile;
  try {
    file = parseFile(sql);
  } catch (error) {
    const fix = 'Mend the statement.';
    const what = `is no SQL: ${error instanceof Error ? error.message : String(error)}`;
    return [{ line: 1, statement: '', what, fix, excusable: false }];
  }
  const { statements, head } = file;
  const problems = statements.flatMap(({ node, line, source }, index) => {
    const before = additionsOf(statements.slice(0, index).map((each) => each.node));
    const after = additionsOf(statements.slice(index + 1).map((each) => each.node));
    const objections =
      'DoStmt' in node ? judgeCode(source, before, after) : judgeStatement(node, before, after);
    return objections.map(({ what, fix, never = false }) => ({
      line,
      statement: oneLine(source),
      what,
      fix,
      excusable: !never,
    }));
  });
  const contract = contractOf(head, released);
  if (contract.kind === 'wrong') {
    const fix = `Write in its head, on one line: ${FORM}`;
    return [
      { line: 1, statement: '', what: `is no contract: ${contract.why}`, fix, excusable: false },
      ...problems,
    ];
  }
  return contract.kind === 'said' ? problems.filter(({ excusable }) => !excusable) : problems;
}

function oneLine(text: string): string {
  const line = text.replaceAll(/\s+/g, ' ').trim();
  return line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line;
}
