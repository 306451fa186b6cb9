import { judged } from '../check';
import { pollersOf } from '../pollers';
import type { SmokeContext, SmokeCheck } from './smoke';

/** A worker is there: it polls for workflow tasks and for activities. */
export const workerPolls: SmokeCheck = {
  name: 'worker-polls',
  title: 'A worker polls the task queue',
  step: 'after 1',
  run: (context) => checkPollers(context, undefined),
};

/** @param wanted build that one of them must be of */
export async function checkPollers({ servers }: SmokeContext, wanted: string | undefined) {
  const server = await servers.temporal();
  const now = new Date();
  const [workflows, activities] = await Promise.all([
    pollersOf(server, servers.taskQueue, 'workflows', now),
    pollersOf(server, servers.taskQueue, 'activities', now),
  ]);
  const builds = [...new Set(workflows.map(({ buildId }) => buildId ?? 'none'))];
  const others = builds.filter((build) => build !== wanted);
  return judged(
    [
      ...(workflows.length === 0
        ? [`no worker polls the task queue ${servers.taskQueue} for workflow tasks`]
        : []),
      ...(activities.length === 0
        ? [`no worker polls the task queue ${servers.taskQueue} for activities`]
        : []),
      ...(wanted === undefined || builds.includes(wanted)
        ? []
        : [`no worker of the build ${wanted} polls, only ${builds.join(', ') || 'nobody'}`]),
    ],
    workflows.map(
      ({ identity, buildId }) => `${identity} polls ${servers.taskQueue}, build ${buildId ?? 'none'}`,
    ),
    'Start a worker, node dist/worker/main.js, and see what it prints; --task-queue names another queue.',
    wanted !== undefined && others.length > 0
      ? [`workers of other builds poll as well: ${others.join(', ')}`]
      : [],
  );
}
