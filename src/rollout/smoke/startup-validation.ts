import { readFile } from 'node:fs/promises';

import { judged, skipped } from '../check';
import type { SmokeCheck } from './smoke';

/** What a worker prints when its graphs are in order, and then when it polls. */
const VALIDATED = /Workflow graph validation[: ](.*)$/;
const READY = /Worker ready: (.*)$/;

/** The lines that a worker's last start has left in its log. */
export const startupValidation: SmokeCheck = {
  name: 'startup-validation',
  title: 'Startup validation line',
  step: 'after 1',
  fix: 'Name the file that the worker prints into with --worker-log.',
  async run({ workerLog }) {
    if (workerLog === undefined) return skipped('no log was named with --worker-log');
    const lines = (await readFile(workerLog, 'utf8')).split('\n');
    const at = lines.findLastIndex((line) => VALIDATED.test(line));
    const said = VALIDATED.exec(lines[at] ?? '')?.[1]?.trim();
    const ready = lines.slice(at).find((line) => READY.test(line));
    return judged(
      [
        ...(said === 'true'
          ? []
          : [
              said === undefined
                ? 'there is no line "Workflow graph validation: true"'
                : `the last line says: Workflow graph validation ${said}`,
            ]),
        ...(said === 'true' && ready === undefined ? ['no line "Worker ready: …" comes after it'] : []),
      ],
      ['Workflow graph validation: true', ready?.trim() ?? ''],
      'See in the log why the worker does not start; docs/guides/production.md has what it checks.',
    );
  },
};
