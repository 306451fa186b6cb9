import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A folder for the logs of a test file; call `remove` at its end. */
export function logFolder(): { write(name: string, content: string | Buffer): string; remove(): void } {
  const folder = mkdtempSync(join(tmpdir(), 'intent-import-'));
  return {
    write: (name, content) => {
      const path = join(folder, name);
      writeFileSync(path, content);
      return path;
    },
    remove: () => rmSync(folder, { recursive: true }),
  };
}

export const HEADER = 'case_id,activity,timestamp,role';

const PATH = [
  'Declaration SUBMITTED by EMPLOYEE',
  'Declaration APPROVED by ADMINISTRATION',
  'Declaration FINAL_APPROVED by SUPERVISOR',
  'Request Payment',
  'Payment Handled',
];

/** The rows of declarations that went straight to their payment: five each, a minute apart. */
export function declarations(count: number, name = 'case'): string[][] {
  return Array.from({ length: count }, (_, index) =>
    PATH.map(
      (activity, minute) => `${name}-${index},${activity},2017-01-09T09:0${minute}:00.000+01:00,EMPLOYEE`,
    ),
  );
}

export function csv(rows: readonly string[]): string {
  return `${[HEADER, ...rows].join('\n')}\n`;
}
