import { PassThrough } from 'node:stream';

import { Cli } from '../../src/cli/cli';
import { reportError } from '../../src/cli/explain-error';
import { findingLine } from '../../src/cli/finding-line';
import { importReport } from '../../src/cli/import-report';
import { red } from '../../src/cli/painted';
import { printOutcome } from '../../src/cli/request-options';
import { GraphValidationError } from '../../src/graph';
import { visible } from '../../src/cli/visible';
import { capturedRun } from './captured-run';

/** Clears the line, goes to its beginning, begins another, turns the direction; and the same for an 8-bit terminal. */
const EVIL = 'a\u001b[2K\r\n\u202eb\u009b2Jc\u2028\u007f';
const HARMLESS = String.raw`a\x1B[2K\x0D\x0A\x202Eb\x9B2Jc\x2028\x7F`;

function captured(work: (cli: Cli) => unknown, isTTY = false): string {
  const written: string[] = [];
  const stderr = Object.assign(new PassThrough(), { isTTY });
  stderr.on('data', (chunk: Buffer) => written.push(chunk.toString()));
  const stdout = { write: (text: string) => written.push(text), isTTY };
  work(new Cli({ env: {}, stdout, stderr }));
  return written.join('');
}

test('text from outside is one line without control characters, in every way of printing it', () => {
  expect(visible(EVIL)).toBe(HARMLESS);
  expect(captured((cli) => cli.print(EVIL))).toBe(`${HARMLESS}\n`);
  expect(captured((cli) => cli.print([red(EVIL), EVIL]))).toBe(`${HARMLESS}${HARMLESS}\n`);
  expect(captured((cli) => cli.note(EVIL))).toBe(`${HARMLESS}\n`);
  expect(captured((cli) => cli.printTable(['a'], [[EVIL]])).split('\n')[2]).toBe(` ${HARMLESS}`);
  expect(captured((cli) => reportError(cli, new Error(`to ${EVIL.replace('\n', '')}`)))).toBe(
    `error: to ${HARMLESS.replace(String.raw`\x0A`, '')}\n`,
  );
  expect(captured((cli) => cli.print(findingLine({ code: 'SEQUENCE_GAP', detail: EVIL })))).toBe(
    `SEQUENCE_GAP: ${HARMLESS}\n`,
  );
});

test('colours of the program itself stay, beside those that somebody sent', () => {
  const line = captured(
    (cli) => cli.print(findingLine({ code: 'SEQUENCE_GAP', detail: '\u001b[32mfine' })),
    true,
  );
  expect(line).toBe('\u001b[31mSEQUENCE_GAP\u001b[39m: \\x1B[32mfine\n');
});

test('a rejection, a problem of a graph and a row that was not imported cannot forge lines', () => {
  const rejected = {
    status: 'rejected',
    requestId: 'r',
    code: 'UNKNOWN_STATE',
    message: EVIL,
    state: 'A',
  } as const;
  expect(captured((cli) => printOutcome(cli, rejected, {}))).toBe(`error: UNKNOWN_STATE: ${HARMLESS}\n`);

  const problem = { code: 'UNKNOWN_TARGET', path: 'transitions', message: EVIL } as const;
  const lines = captured((cli) => reportError(cli, new GraphValidationError([problem]))).split('\n');
  expect(lines).toEqual(['error: Workflow graph validation failed', expect.stringContaining(HARMLESS), '']);

  const summary = {
    ...{ rows: 1, cases: 1, applied: 0, alreadyThere: 0, notImported: 1, seconds: 1, rowsPerSecond: 0 },
    ...{ file: EVIL, graph: 'g@1', codes: { X: 1 } },
    problems: [{ line: 2, caseId: EVIL, code: 'X', reason: EVIL }],
    check: {
      equal: true,
      rowsInFile: 1,
      rowsInAudit: 1,
      missing: 0,
      rejected: 0,
      extra: 0,
      differing: 0,
      seconds: 1,
      lines: [],
    },
  } as unknown as Parameters<typeof importReport>[0];
  const report = captured((cli) => cli.printLines(importReport(summary, undefined))).split('\n');
  expect(report).toContain(`  line 2, ${HARMLESS}: X: ${HARMLESS}`);
});

test('JSON has none either, and the same value', () => {
  for (const print of ['printJson', 'printJsonLine'] as const) {
    const text = captured((cli) => cli[print]({ [EVIL]: EVIL }));
    expect(text.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028]/u);
    expect(JSON.parse(text)).toEqual({ [EVIL]: EVIL });
  }
});

test('what stands on the command line is written out where it is wrong', async () => {
  const { stderr } = await capturedRun([`grahp${'\u001b'}`]);
  expect(stderr).toContain(String.raw`unknown command 'grahp\x1B'`);
  expect(stderr).toContain('\n(Did you mean graph?)\n');
});
