import { z } from 'zod';

import { funnel, type Funnel } from '../../database/analytics/funnel';
import { timeInState, type TimeInState } from '../../database/analytics/time-in-state';
import type { Routes } from '../context';
import { graphNotFound, referenceOf } from '../intent-filter';
import { problems } from '../schemas/problems';
import { GRAPH_REFERENCE, occurredAt, state } from '../schemas/values';

const when = occurredAt.optional();

const querystring = z.strictObject({
  graph: z.string().meta({
    ...GRAPH_REFERENCE,
    description: 'name@version, or name for its newest version',
    examples: ['content-intent'],
  }),
  createdSince: when,
  createdBefore: when,
});

const counted = {
  graph: z.string().meta({ examples: ['content-intent@1'] }),
  intents: z.int().meta({ description: 'How many are counted' }),
  inFiles: z.int().meta({ description: 'How many are not, since their audit rows are in archive files' }),
};

const funnelAnswer = z.object({
  ...counted,
  steps: z.array(
    z.object({
      number: z.int(),
      key: z.string(),
      label: z.string(),
      reached: z.int().meta({ description: 'Intents that came into a state of it, or of a later step' }),
      now: z.int().meta({ description: 'Intents that are in a state of it' }),
    }),
  ),
  terminal: z.array(z.object({ state, now: z.int() })),
}) satisfies z.ZodType<Funnel>;

const seconds = z.object({
  median: z.number(),
  p90: z.number(),
  p99: z.number(),
  mean: z.number(),
  max: z.number(),
});

const timesAnswer = z.object({
  ...counted,
  states: z.array(
    z.object({
      state,
      step: z.string().nullable(),
      terminal: z.boolean(),
      visits: z.int(),
      open: z.int().meta({ description: 'Visits that go on' }),
      seconds: seconds.nullable().meta({ description: 'Of the visits that are over' }),
    }),
  ),
}) satisfies z.ZodType<TimeInState>;

/** What is counted in the audit trail of the organization. */
export const analyticsRoutes: Routes = (app, _options, done) => {
  const common = { tags: ['analytics'], querystring };

  app.get(
    '/v1/analytics/funnel',
    {
      config: { scope: 'read' },
      schema: {
        ...common,
        summary: 'Count how many intents reached each step',
        operationId: 'funnel',
        response: { 200: funnelAnswer, ...problems(404) },
      },
    },
    async (request) => {
      const selection = selectionOf(request.query);
      const result = await funnel(request.organization.database, selection);
      if (result === undefined) throw graphNotFound(selection.graph);
      return result;
    },
  );

  app.get(
    '/v1/analytics/time-in-state',
    {
      config: { scope: 'read' },
      schema: {
        ...common,
        summary: 'Measure how long intents stay in each state',
        operationId: 'timeInState',
        response: { 200: timesAnswer, ...problems(404) },
      },
    },
    async (request) => {
      const selection = selectionOf(request.query);
      const result = await timeInState(request.organization.database, selection);
      if (result === undefined) throw graphNotFound(selection.graph);
      return result;
    },
  );
  done();
};

function selectionOf({ graph, createdSince, createdBefore }: z.output<typeof querystring>) {
  return {
    graph: referenceOf('query.graph', graph),
    ...(createdSince !== undefined && { createdSince: new Date(createdSince) }),
    ...(createdBefore !== undefined && { createdBefore: new Date(createdBefore) }),
  };
}
