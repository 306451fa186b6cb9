import { WORKER_LIMITS } from './limits';

/**
 * Reads `INTENT_WORKFLOW_TASKS`: how many workflow tasks a worker works on at the same time, where not as many as usual.
 *
 * @throws Error that names the variable and the fix
 */
export function workflowTasksFromEnvironment(env: NodeJS.ProcessEnv = process.env): number {
  const text = env['INTENT_WORKFLOW_TASKS'];
  if (text === undefined || text === '') return WORKER_LIMITS.workflowTasks;
  const { fewestWorkflowTasks: fewest, mostWorkflowTasks: most } = WORKER_LIMITS;
  const tasks = Number(text);
  if (/^[1-9][0-9]*$/.test(text) && tasks >= fewest && tasks <= most) return tasks;
  throw new Error(`INTENT_WORKFLOW_TASKS: must be a whole number from ${fewest} to ${most}, not "${text}"`);
}
