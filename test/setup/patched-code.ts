import type { Edit } from '../freeze/edit';

/** A change of the workflow that gives one more command each time that something was recorded. */
export const PATCH = 'sequence-in-memo';

const COMMAND = 'upsertMemo({ sequence: this.intent.sequence });';

/** As CONTRIBUTING asks for it. */
export const PATCHED: readonly Edit[] = editsOf(`if (patched('${PATCH}')) ${COMMAND}`);

/** As somebody might write it who does not know better. */
export const UNPATCHED: readonly Edit[] = editsOf(COMMAND);

function editsOf(statement: string): Edit[] {
  const file = 'src/workflows/visibility.ts';
  const details = 'setCurrentDetails(renderDetails(this.intent, this.recorded, this.driven));';
  return [
    { file, from: 'import { setCurrentDetails', to: 'import { patched, setCurrentDetails' },
    { file, from: details, to: `${details} ${statement}` },
  ];
}
