import type { Check } from '../check';
import type { Servers } from '../servers';

/** What `intent preflight` was asked. Ages are in milliseconds. */
interface PreflightOptions {
  backup?: string | undefined;
  backupCommand?: string | undefined;
  backupMaxAgeMs: number;
  /** Run what belongs to the code in the checkout, in the place of reading the results of CI. */
  full: boolean;
  /** Folder with the sources. */
  checkout: string;
  ciJunit: readonly string[];
  ciMaxAgeMs: number;
  keyMaxAgeMs: number;
  /** Further variables that must be set. */
  require: readonly string[];
  /** The database URLs of workers and gateway lead to a transaction pooler. */
  pooler: boolean;
}

export interface PreflightContext {
  servers: Servers;
  options: PreflightOptions;
  now: Date;
  /** Ends programs that were started. */
  signal?: AbortSignal | undefined;
}

export type PreflightCheck = Check<PreflightContext>;
