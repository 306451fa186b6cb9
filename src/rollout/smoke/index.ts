import { auditFields } from './audit-fields';
import { cleanUp } from './clean-up';
import { firstStep } from './first-step';
import { httpApi } from './http-api';
import { leftovers } from './leftovers';
import { measurement } from './measurement';
import { oneWinner } from './one-winner';
import type { SmokeCheck } from './smoke';
import { startupValidation } from './startup-validation';
import { workerPolls } from './worker-polls';

/** All that must hold after a deployment, in the order of the guide. */
export const SMOKE_CHECKS: readonly SmokeCheck[] = [
  workerPolls,
  startupValidation,
  leftovers,
  firstStep,
  auditFields,
  oneWinner,
  measurement,
  httpApi,
  cleanUp,
];
