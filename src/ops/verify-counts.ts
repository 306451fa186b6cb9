import { z } from 'zod';

import type { CountsOf } from './checkpoint';
import { FINDING_CODES, type FindingCode } from './findings';

const codes = Object.keys(FINDING_CODES) as [FindingCode, ...FindingCode[]];
const count = z.int().min(0);

/** What a verification counts. */
export interface VerifyCounts {
  /** Looked at. */
  intents: number;
  /** Compared with Temporal, and compared completely. */
  witnessed: number;
  /** Temporal has deleted them, by its retention or a purge: only SQL speaks for these. */
  forgotten: number;
  /** Their rows are in archive files that were not given. */
  filed: number;
  unchecked: number;
  findings: Partial<Record<FindingCode, number>>;
}

export const VERIFY_COUNTS: CountsOf<VerifyCounts> = {
  schema: z.object({
    intents: count,
    witnessed: count,
    forgotten: count,
    filed: count,
    unchecked: count,
    findings: z.partialRecord(z.enum(codes), z.int().min(1)),
  }),
  nothing: { intents: 0, witnessed: 0, forgotten: 0, filed: 0, unchecked: 0, findings: {} },
};
