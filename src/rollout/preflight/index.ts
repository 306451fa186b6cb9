import { apiKeys } from './api-keys';
import { auditLogging } from './audit-logging';
import { authentication } from './authentication';
import { backup } from './backup';
import { freeze, stress, tests, types } from './code-checks';
import { databaseConnections } from './database-connections';
import { environment } from './environment';
import { migrationState } from './migration-state';
import { pooler } from './pooler';
import type { PreflightCheck } from './preflight';
import { rowLevelSecurity } from './row-level-security';
import { temporal } from './temporal';

/** All that must hold before a deployment, in the order of the guide. */
export const PREFLIGHT_CHECKS: readonly PreflightCheck[] = [
  backup,
  environment,
  ...databaseConnections,
  pooler,
  temporal,
  tests,
  types,
  freeze,
  stress,
  authentication,
  rowLevelSecurity,
  apiKeys,
  auditLogging,
  migrationState,
];
