import { INTENT_STATE_SEARCH_ATTRIBUTE } from '../../intent';
import { hasGrpcStatus } from '../../temporal/grpc-status';
import { CheckError, judged } from '../check';
import { ROLLOUT_LIMITS } from '../limits';
import type { TemporalServer } from '../servers';
import type { PreflightCheck } from './preflight';

const KEYWORD = 2;

/** Temporal answers, the namespace is there and keeps histories for long enough, and it has the search attribute. */
export const temporal: PreflightCheck = {
  name: 'temporal',
  title: 'Temporal reachable',
  step: 'before 4',
  async run({ servers, options }) {
    const server = await servers.temporal();
    const inTime = <T>(call: () => Promise<T>) =>
      server.connection.withDeadline(Date.now() + ROLLOUT_LIMITS.answerMs, call);
    const retentionMs = await inTime(() => retentionOf(server));
    const attribute = await inTime(() => attributeOf(server));
    const { namespace } = server;
    const hours = (ms: number) => `${Math.round(ms / 3_600 / 1_000)} h`;
    const problems: string[] = [];
    if (retentionMs < options.backupMaxAgeMs) {
      problems.push(
        `the namespace ${namespace} keeps ended workflows for ${hours(retentionMs)}, less than a backup may be old ` +
          `(${hours(options.backupMaxAgeMs)}): after a restore their rows could not be filled up`,
      );
    }
    if (attribute === 'missing') {
      problems.push(
        `the namespace ${namespace} lacks the search attribute ${INTENT_STATE_SEARCH_ATTRIBUTE} of type Keyword`,
      );
    }
    return judged(
      problems,
      [
        `namespace ${namespace}, retention ${hours(retentionMs)}`,
        ...(attribute === 'there' ? [`search attribute ${INTENT_STATE_SEARCH_ATTRIBUTE}`] : []),
      ],
      `temporal operator namespace update --namespace ${namespace} --retention TIME; temporal operator search-attribute create ` +
        `--namespace ${namespace} --name ${INTENT_STATE_SEARCH_ATTRIBUTE} --type Keyword`,
      attribute === 'hidden'
        ? [
            `this server does not let us look whether it has the search attribute ${INTENT_STATE_SEARCH_ATTRIBUTE}`,
          ]
        : [],
    );
  },
};

async function retentionOf({ connection, namespace }: TemporalServer): Promise<number> {
  try {
    const { config } = await connection.workflowService.describeNamespace({ namespace });
    return Number(config?.workflowExecutionRetentionTtl?.seconds ?? 0) * 1_000;
  } catch (error) {
    if (!hasGrpcStatus(error, 'NOT_FOUND')) throw error;
    throw new CheckError(
      `there is no namespace ${namespace}`,
      `Set TEMPORAL_NAMESPACE, or create it: temporal operator namespace create --namespace ${namespace}`,
    );
  }
}

async function attributeOf({
  connection,
  namespace,
}: TemporalServer): Promise<'there' | 'missing' | 'hidden'> {
  try {
    const { customAttributes } = await connection.operatorService.listSearchAttributes({ namespace });
    return Number(customAttributes?.[INTENT_STATE_SEARCH_ATTRIBUTE]) === KEYWORD ? 'there' : 'missing';
  } catch (error) {
    // A server that keeps its operator service to itself, as Temporal Cloud does.
    const { code } = error as { code?: number };
    if (hasGrpcStatus(error, 'PERMISSION_DENIED', 'UNAUTHENTICATED') || code === 12) return 'hidden';
    throw error;
  }
}
