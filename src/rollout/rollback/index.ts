import { cleanUp } from '../smoke/clean-up';
import { startupValidation } from '../smoke/startup-validation';
import { appStarts } from './app-starts';
import { noCorruption } from './no-corruption';
import { performanceAcceptable } from './performance';
import type { RollbackCheck } from './rollback';
import { runningIntents } from './running-intents';

/** All that must hold after a way back, in the order of the guide. */
export const ROLLBACK_CHECKS: readonly RollbackCheck[] = [
  appStarts,
  { ...startupValidation, step: 'rollback 1' },
  runningIntents,
  noCorruption,
  performanceAcceptable,
  { ...cleanUp, step: 'rollback 5' },
];
