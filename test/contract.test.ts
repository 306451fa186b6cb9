import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import {
  IntentClient,
  IntentError,
  isIntentError,
  OutcomeTimeoutError,
  type Intents,
  type IntentErrorCode,
} from '../src/client';
import { IdentifiedIntents } from '../src/client/identified-intents';
import { databaseUrlFromEnvironment } from '../src/database/pool';
import { SQL_STATES } from '../src/database/sql-states';
import { graphSchema } from '../src/graph';
import { HttpIntentClient } from '../src/http-client';
import {
  AWAIT_OUTCOME_UPDATE,
  CANCELLATION_REQUEST_ID,
  CANCELLED_STATE,
  CHILD_ENDED_SIGNAL,
  CREATION_REQUEST_ID,
  DEFAULT_GRAPH,
  DELIVER_SIGNAL,
  DESCRIBE_QUERY,
  describeIntent,
  DISPATCH_WEBHOOKS_WORKFLOW_ID,
  DISPATCH_WEBHOOKS_WORKFLOW_TYPE,
  INTENT_STATE_SEARCH_ATTRIBUTE,
  INTENT_WORKFLOW_TYPE,
  intentInputSchema,
  INTENTS_TASK_QUEUE,
  deliveriesTaskQueue,
  OPERATIONS_TASK_QUEUE,
  OUTCOME_QUERY,
  receive,
  MOVE_KINDS,
  REJECTION_CODES,
  REQUEST_SCHEMAS,
  reopeningSchema,
  REQUEST_TRANSITION_SIGNAL,
  TEST_WEBHOOK_WORKFLOW_TYPE,
  VERIFY_SCHEDULE_ID,
  VERIFY_WORKFLOW_TYPE,
  WEBHOOK_LANE_WORKFLOW_TYPE,
  webhookLaneId,
} from '../src/intent';
import * as workflows from '../src/workflows';
import { FAILURE_TYPES } from '../src/workflows/activities';
import { useDatabase } from './database/use-database';
import { AT, newIntent } from './intent/new-intent';
import { claimGraph } from './setup/claim-graph';

// Written out here and not taken from the code: whoever changes one of these breaks somebody's program, and says so
// in the changelog.

const pools = useDatabase('contract');
const file = (...path: string[]) => readFileSync(join(__dirname, '..', ...path), 'utf8');

describe('in Temporal', () => {
  test('names', () => {
    expect({
      INTENT_WORKFLOW_TYPE,
      INTENTS_TASK_QUEUE,
      VERIFY_WORKFLOW_TYPE,
      OPERATIONS_TASK_QUEUE,
      deliveries: deliveriesTaskQueue(),
      VERIFY_SCHEDULE_ID,
      DISPATCH_WEBHOOKS_WORKFLOW_TYPE,
      DISPATCH_WEBHOOKS_WORKFLOW_ID,
      WEBHOOK_LANE_WORKFLOW_TYPE,
      DELIVER_SIGNAL,
      TEST_WEBHOOK_WORKFLOW_TYPE,
      lane: webhookLaneId('WEBHOOK', 'INTENT'),
      REQUEST_TRANSITION_SIGNAL,
      CHILD_ENDED_SIGNAL,
      DESCRIBE_QUERY,
      OUTCOME_QUERY,
      AWAIT_OUTCOME_UPDATE,
      INTENT_STATE_SEARCH_ATTRIBUTE,
    }).toEqual({
      INTENT_WORKFLOW_TYPE: 'intentWorkflow',
      INTENTS_TASK_QUEUE: 'intents',
      VERIFY_WORKFLOW_TYPE: 'verifyIntents',
      OPERATIONS_TASK_QUEUE: 'intent-operations',
      deliveries: 'intent-operations-deliveries',
      VERIFY_SCHEDULE_ID: 'intent-verify',
      DISPATCH_WEBHOOKS_WORKFLOW_TYPE: 'dispatchWebhooks',
      DISPATCH_WEBHOOKS_WORKFLOW_ID: 'intent-webhooks',
      WEBHOOK_LANE_WORKFLOW_TYPE: 'webhookLane',
      DELIVER_SIGNAL: 'deliver',
      TEST_WEBHOOK_WORKFLOW_TYPE: 'testWebhook',
      lane: 'intent-webhook-WEBHOOK-INTENT',
      REQUEST_TRANSITION_SIGNAL: 'requestTransition',
      CHILD_ENDED_SIGNAL: 'childEnded',
      DESCRIBE_QUERY: 'describe',
      OUTCOME_QUERY: 'outcome',
      AWAIT_OUTCOME_UPDATE: 'awaitOutcome',
      INTENT_STATE_SEARCH_ATTRIBUTE: 'IntentState',
    });
  });

  test('the workflow types that a worker offers', () => {
    expect(Object.keys(workflows).toSorted()).toEqual([
      'dispatchWebhooks',
      'intentWorkflow',
      'testWebhook',
      'verifyIntents',
      'webhookLane',
    ]);
  });

  test('request ids that the engine makes itself', () => {
    expect([CREATION_REQUEST_ID, CANCELLATION_REQUEST_ID, CANCELLED_STATE]).toEqual([
      'creation',
      'temporal-cancellation',
      'CANCELLED',
    ]);
  });

  test('types of failures', () => {
    expect(Object.values(FAILURE_TYPES).toSorted()).toEqual(
      expect.arrayContaining(['ALREADY_EXISTS', 'GRAPH_NOT_REGISTERED', 'INVALID_INPUT', 'NOT_REOPENED']),
    );
  });
});

describe('shapes', () => {
  test('the input of an intent', () => {
    expect(Object.keys(intentInputSchema.shape)).toEqual([
      'organizationId',
      'graph',
      'title',
      'metadata',
      'createdBy',
      'generation',
      'occurredAt',
    ]);
    expect(DEFAULT_GRAPH).toBe('content-intent');
  });

  test('the input by which an intent is reopened', () => {
    expect(Object.keys(reopeningSchema.shape)).toEqual(['organizationId', 'reopen']);
  });

  test('requests, by their kind', () => {
    const said = ['expectedState', 'expectedSequence', 'actor', 'reason', 'metadata'];
    expect(
      Object.fromEntries(
        Object.entries(REQUEST_SCHEMAS).map(([kind, { shape }]) => [kind, Object.keys(shape)]),
      ),
    ).toEqual({
      transition: ['kind', 'requestId', 'to', ...said, 'occurredAt'],
      approve: ['kind', 'requestId', 'to', ...said, 'role', 'onBehalfOf', 'occurredAt'],
      cancel: ['kind', 'requestId', ...said],
      migrate: ['kind', 'requestId', 'graph', 'map', ...said],
      pause: ['kind', 'requestId', ...said],
      resume: ['kind', 'requestId', ...said],
      force: ['kind', 'requestId', 'to', ...said, 'scope', 'reopen'],
    });
  });

  test('kinds of moves', () => {
    const documented =
      file('docs', 'reference', 'database.md').split('#### Kinds')[1]?.split('\n###')[0] ?? '';
    const kinds = [...documented.matchAll(/^\| `(\w+)` /gm)].map(([, kind]) => kind);
    expect(kinds.filter((kind) => kind !== 'kind')).toEqual(Object.keys(MOVE_KINDS));
    expect(Object.keys(MOVE_KINDS)).toEqual([
      'transition',
      'work',
      'children',
      'deadline',
      'approval',
      'cancellation',
      'undo',
      'force',
      'reopen',
      'migration',
      'pause',
      'resume',
    ]);
  });

  test('a graph', () => {
    expect(Object.keys(graphSchema.shape)).toEqual([
      '$schema',
      'name',
      'version',
      'title',
      'description',
      'steps',
      'transitions',
      'terminal',
      'work',
      'children',
      'deadlines',
      'approvals',
      'guards',
      'undo',
      'cancellation',
    ]);
  });

  test('a description', () => {
    const recorded = { recordedSequence: 1, auditHash: null, quarantined: null };
    const description = describeIntent(newIntent(), recorded);
    expect(Object.keys(description)).toEqual([
      'id',
      'organizationId',
      'graph',
      'state',
      'step',
      'progress',
      'terminal',
      'paused',
      'deadline',
      'problem',
      'nextStates',
      'approvals',
      'sequence',
      'recordedSequence',
      'mirrorLag',
      'auditHash',
      'quarantined',
    ]);
    expect(Object.keys(description.step ?? {})).toEqual(['number', 'key', 'label']);
  });

  test('outcomes', () => {
    const intent = newIntent();
    receive(intent, { requestId: 'applied', to: 'TRIAGED', actor: 'ada' }, { at: AT });
    receive(intent, { requestId: 'rejected', to: 'DONE', actor: 'ada' }, { at: AT });
    const keysOf = (id: string) =>
      Object.keys(intent.outcomes.find(id, { sequence: 2, rejections: 1 }) ?? {});
    expect(keysOf('applied')).toEqual([
      'status',
      'requestId',
      'sequence',
      'previousState',
      'newState',
      'transitionedAt',
    ]);
    expect(keysOf('rejected')).toEqual(['status', 'requestId', 'code', 'message', 'state']);
    const claim = { ...newIntent(claimGraph()), state: 'SUBMITTED' };
    const vote = { kind: 'approve', requestId: 'voted', to: 'APPROVED', actor: 'bob', role: 'supervisor' };
    receive(claim, vote, { at: AT });
    const voted = claim.outcomes.find('voted', { sequence: 1, rejections: 0, votes: 1 });
    expect(Object.keys(voted ?? {})).toEqual(['status', 'requestId', 'to', 'votes', 'needed', 'state']);
  });
});

describe('the client', () => {
  /** The methods of both clients, and of the one for an identity. */
  const METHODS: Record<keyof Intents, true> = {
    create: true,
    requestTransition: true,
    transition: true,
    cancel: true,
    pause: true,
    resume: true,
    force: true,
    approve: true,
    migrate: true,
    outcome: true,
    describe: true,
    history: true,
    waitForState: true,
    close: true,
  };

  test.each([IntentClient, HttpIntentClient, IdentifiedIntents])('the methods of %p', (client) => {
    expect(Object.getOwnPropertyNames(client.prototype)).toEqual(
      expect.arrayContaining(Object.keys(METHODS)),
    );
  });

  test('what makes one', () => {
    expect(Object.getOwnPropertyNames(IntentClient)).toContain('connect');
    expect(Object.getOwnPropertyNames(HttpIntentClient)).toContain('connect');
    expect(Object.getOwnPropertyNames(IntentClient.prototype)).toContain('as');
  });

  test('its errors are known by a mark and a code', () => {
    const error = new OutcomeTimeoutError('i', 'r', true, 1);
    expect([isIntentError(error), error.name, error.code]).toEqual([
      true,
      'OutcomeTimeoutError',
      'OUTCOME_TIMEOUT',
    ]);
    expect(isIntentError(new IntentError('INVALID_ARGUMENT', ''))).toBe(true);
    expect([new Error('x'), { code: 'INVALID_ARGUMENT' }, null, undefined, 'x'].some(isIntentError)).toBe(
      false,
    );
  });

  test('the codes of its errors are in the documentation', () => {
    const codes: Record<IntentErrorCode, true> = {
      INVALID_ARGUMENT: true,
      GRAPH_NOT_REGISTERED: true,
      INTENT_NOT_FOUND: true,
      INTENT_NOT_RUNNING: true,
      OUTCOME_TIMEOUT: true,
      STATE_TIMEOUT: true,
      TOO_MANY_WAITING: true,
      NO_DATABASE: true,
      UNAUTHENTICATED: true,
      SCOPE_MISSING: true,
      ROLE_MISSING: true,
      RATE_LIMITED: true,
      UNAVAILABLE: true,
      UNEXPECTED_ANSWER: true,
    };
    const table = file('docs', 'reference', 'client.md').split('\n## Errors')[1]?.split('\n## ')[0] ?? '';
    const documented = [...table.matchAll(/^\| `([A-Z_]+)` /gm)].map(([, code]) => code);
    expect(documented).toEqual(Object.keys(codes));
  });

  test('the variable that names Postgres', () => {
    expect(databaseUrlFromEnvironment({ DATABASE_URL: 'postgres://x' })).toBe('postgres://x');
    for (const env of [{}, { DATABASE_URL: '' }]) {
      expect(() => databaseUrlFromEnvironment(env)).toThrow(/DATABASE_URL is not set.*stack\.env/);
    }
  });
});

describe('in Postgres', () => {
  test('tables and columns that people query', async () => {
    const { rows } = await pools.superuser.query<{ table_name: string; columns: string[] }>(
      `SELECT table_name::text, array_agg(column_name::text ORDER BY ordinal_position) AS columns
         FROM information_schema.columns WHERE table_schema = 'public' GROUP BY 1`,
    );
    expect(Object.fromEntries(rows.map(({ table_name, columns }) => [table_name, columns]))).toMatchObject({
      intent_workflows: [
        'id',
        'organization_id',
        'state',
        'sequence',
        'audit_hash',
        'graph_name',
        'graph_version',
        'title',
        'metadata',
        'created_by',
        'run_id',
        'personal_salt',
        'created_at',
        'updated_at',
        'ended_at',
        'parent_id',
        'first_graph_version',
      ],
      workflow_transition_audit: [
        'workflow_id',
        'organization_id',
        'sequence',
        'request_id',
        'previous_state',
        'new_state',
        'transition_reason',
        'actor',
        'metadata',
        'transitioned_at',
        'created_at',
        'personal_digest',
        'hash',
        'kind',
        'graph_version',
      ],
      workflow_transition_votes: [
        'workflow_id',
        'organization_id',
        'number',
        'kind',
        'request_id',
        'entry',
        'from_state',
        'to_state',
        'graph_version',
        'role',
        'actor',
        'on_behalf_of',
        'reason',
        'metadata',
        'expires',
        'votes',
        'needed',
        'voted_at',
        'created_at',
      ],
      workflow_transition_rejections: [
        'workflow_id',
        'organization_id',
        'number',
        'request_id',
        'code',
        'message',
        'state',
        'requested_state',
        'transition_reason',
        'actor',
        'rejected_at',
        'created_at',
      ],
      workflow_graphs: expect.arrayContaining(['name', 'version', 'definition', 'fingerprint']) as string[],
    });
  });

  test('the enum and the index of states', async () => {
    const { rows } = await pools.superuser.query(
      `SELECT indexdef, (SELECT data_type || ' ' || udt_name FROM information_schema.columns
                          WHERE table_name = 'intent_workflows' AND column_name = 'state') AS type
         FROM pg_indexes WHERE indexname = 'idx_intent_workflows_state'`,
    );
    expect(rows).toEqual([
      {
        indexdef: 'CREATE INDEX idx_intent_workflows_state ON public.intent_workflows USING btree (state)',
        type: 'USER-DEFINED workflow_state',
      },
    ]);
  });

  test('SQLSTATEs are those that the migrations name, and those that they raise', () => {
    const names = readdirSync(join(__dirname, '..', 'migrations')).filter((name) => /^\d{6}_/.test(name));
    const migration = names.map((name) => file('migrations', name)).join('\n');
    const states = Object.values(SQL_STATES).toSorted();
    expect([...migration.matchAll(/^-- {3}(IE\d{3}) {2}/gm)].map(([, state]) => state)).toEqual(states);
    const raised = new Set([...migration.matchAll(/ERRCODE = '(\w+)'/g)].map(([, state]) => state));
    expect([...raised].toSorted()).toEqual(states);
    expect(SQL_STATES).toEqual({
      CONTRADICTION: 'IE001',
      GAP: 'IE002',
      NO_SUCH_EDGE: 'IE003',
      APPEND_ONLY: 'IE004',
      ALREADY_EXISTS: 'IE005',
      GRAPH_NOT_REGISTERED: 'IE006',
      NOT_ENDED: 'IE007',
    });
  });
});

describe('rejection codes', () => {
  const documented = [
    ...file('docs', 'reference', 'rejection-codes.md').matchAll(/^\| `(\w+)` *\| *(\d+) *\| (.*?) *\|$/gm),
  ].map(([, code, httpStatus, meaning]) => [code, { httpStatus: Number(httpStatus), meaning }]);

  test('the table in the documentation is the table in the code', () => {
    expect(Object.fromEntries(documented)).toEqual(REJECTION_CODES);
    expect(documented).toHaveLength(Object.keys(REJECTION_CODES).length);
  });

  test('none has gone or changed its status', () => {
    expect(
      Object.fromEntries(Object.entries(REJECTION_CODES).map(([code, { httpStatus }]) => [code, httpStatus])),
    ).toEqual({
      ILLEGAL_TRANSITION: 409,
      ALREADY_IN_STATE: 409,
      STATE_CONFLICT: 409,
      APPROVAL_REQUIRED: 409,
      VOTE_REFUSED: 409,
      TERMINAL_STATE: 409,
      UNKNOWN_STATE: 422,
      GUARD_REFUSED: 409,
      UNKNOWN_GRAPH: 422,
      NOT_PERMITTED: 403,
      INVALID_REQUEST: 400,
      LIMIT_REACHED: 429,
      QUARANTINED: 409,
    });
  });
});
