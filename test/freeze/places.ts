import { COMPILED_WORKFLOWS, type WorkflowCode } from '../histories/workflow-code';
import { HISTORIES } from '../histories/recorded';
import { FROZEN } from './frozen-files';

/** Where everything is: of the checkout, or of a test. */
export interface Places {
  /** Folder of what is frozen. */
  readonly frozen: string;
  /** Folder of recorded histories. */
  readonly histories: string;
  /** The workflow code of today. */
  readonly code: WorkflowCode;
}

export const CHECKOUT_PLACES: Places = { frozen: FROZEN, histories: HISTORIES, code: COMPILED_WORKFLOWS };
