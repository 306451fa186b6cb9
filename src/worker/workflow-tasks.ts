import { numberFromEnvironment } from '../database/number-from-environment';
import { WORKER_LIMITS } from './limits';

/**
 * Reads `INTENT_WORKFLOW_TASKS`: how many workflow tasks a worker works on at the same time, where not as many as usual.
 *
 * @throws Error that names the variable and the fix
 */
export function workflowTasksFromEnvironment(env: NodeJS.ProcessEnv = process.env): number {
  const { workflowTasks: usual, fewestWorkflowTasks: least, mostWorkflowTasks: most } = WORKER_LIMITS;
  return numberFromEnvironment(env, 'INTENT_WORKFLOW_TASKS', { usual, least, most });
}
