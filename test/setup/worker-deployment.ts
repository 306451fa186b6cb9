import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

import { eventually } from './eventually';
import { fromEnvironment } from './intent-environment';

const run = promisify(execFile);

/** Which build of a deployment gets work, set by the commands that the guide names. */
export class WorkerDeployment {
  constructor(readonly name: string) {}

  /**
   * Waits until a worker of the build has polled for tasks of both kinds: before, Temporal knows nothing of it, or refuses to
   * ramp to it, since the queue for activities is missing.
   */
  async known(buildId: string): Promise<void> {
    await eventually(async () => {
      const version = await this.temporal('describe-version', '--build-id', buildId, '--output', 'json');
      const { taskQueuesInfos = [] } = JSON.parse(version) as { taskQueuesInfos?: { type: string }[] };
      expect(taskQueuesInfos.map(({ type }) => type).toSorted()).toEqual(['activity', 'workflow']);
    });
  }

  async setCurrent(buildId: string): Promise<void> {
    await this.temporal('set-current-version', '--build-id', buildId, '--yes');
  }

  async ramp(buildId: string, percentage: number): Promise<void> {
    const share = ['--percentage', String(percentage)];
    await this.temporal('set-ramping-version', '--build-id', buildId, ...share, '--yes');
  }

  async endRamp(buildId: string): Promise<void> {
    await this.temporal('set-ramping-version', '--build-id', buildId, '--delete', '--yes');
  }

  private async temporal(command: string, ...args: string[]): Promise<string> {
    const address = ['--address', fromEnvironment('TEST_TEMPORAL_ADDRESS')];
    const all = ['worker', 'deployment', command, '--deployment-name', this.name, ...args, ...address];
    const { stdout } = await run(fromEnvironment('TEMPORAL_CLI_PATH'), all);
    return stdout;
  }
}
