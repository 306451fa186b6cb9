import { z } from 'zod';

import { readHistory } from '../../database/read-history';
import { readVotes } from '../../database/read-votes';
import { LIMITS } from '../../intent';
import type { Routes } from '../context';
import { describeWhenCreated } from '../describe-when-created';
import { findIntent } from '../find-intent';
import { GATEWAY_LIMITS } from '../limits';
import { sayWaited, waitOf } from '../prefer';
import { Problem } from '../problem';
import { openApprovals } from '../schemas/intents';
import { outcome } from '../schemas/outcomes';
import { problems } from '../schemas/problems';
import { answerOfTransition, answerOfVote, transitionRow, voteRow } from '../schemas/records';
import { intentPath, pageLimit, preferHeader, wholeNumber } from '../schemas/values';

const { historyPageSize, largestHistoryPage } = GATEWAY_LIMITS;

/** What is recorded of an intent. */
export const readRecordsRoutes: Routes = (app, _options, done) => {
  app.get(
    '/v1/intents/:id/history',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['intents'],
        summary: "Read an intent's audit trail",
        operationId: 'readHistory',
        params: intentPath,
        querystring: z.strictObject({
          after: wholeNumber(0)
            .default(0)
            .meta({ description: 'Sequence of the last transition that is known already' }),
          limit: pageLimit(historyPageSize, largestHistoryPage),
        }),
        response: {
          200: z.object({
            transitions: z.array(transitionRow).meta({ description: 'Oldest first' }),
            next: z.int().nullable().meta({ description: 'after of the next page; null after the last one' }),
          }),
          ...problems(404),
        },
      },
    },
    async (request) => {
      const { organization, params, query } = request;
      const { after, limit } = query;
      const rows = await readHistory(organization.database, params.id, { after, limit: limit + 1 });
      if (rows.length === 0) await findIntent(organization, params.id);
      const transitions = rows.slice(0, limit).map(answerOfTransition);
      return { transitions, next: rows.length > limit ? (transitions.at(-1)?.sequence ?? null) : null };
    },
  );

  app.get(
    '/v1/intents/:id/approvals',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['intents'],
        summary: 'See which votes are missing, and which were cast',
        operationId: 'readApprovals',
        params: intentPath,
        response: {
          200: z.object({
            open: openApprovals.meta({ description: 'How far each state that is voted on has come' }),
            votes: z
              .array(voteRow)
              .meta({ description: 'Every vote, those that no longer count too, oldest first' }),
          }),
          ...problems(404),
        },
      },
    },
    async (request) => {
      const { organization, params } = request;
      await findIntent(organization, params.id);
      const [description, votes] = await Promise.all([
        describeWhenCreated(organization.intents, params.id),
        readVotes(organization.database, params.id),
      ]);
      return { open: description.approvals, votes: votes.map(answerOfVote) };
    },
  );

  app.get(
    '/v1/intents/:id/outcomes/:requestId',
    {
      config: { scope: 'read' },
      schema: {
        tags: ['requests'],
        summary: 'Read what became of a request',
        operationId: 'readOutcome',
        params: intentPath.extend({ requestId: z.string().min(1).max(LIMITS.requestIdLength) }),
        headers: z.object({ prefer: preferHeader }),
        response: { 200: outcome, ...problems(404) },
      },
    },
    async (request, reply) => {
      const { organization, params, headers } = request;
      const { id, requestId } = params;
      await findIntent(organization, id);
      const wait = waitOf(headers.prefer);
      if (wait !== undefined) sayWaited(reply, wait);
      const found = await (wait === undefined
        ? organization.intents.outcome(id, requestId)
        : organization.intents.waitForOutcome(id, requestId, { timeoutMs: wait * 1_000 }));
      if (found !== undefined) return found;
      throw new Problem(
        'OUTCOME_NOT_FOUND',
        `Request ${requestId} to intent ${id} has no outcome, or not yet.`,
      );
    },
  );
  done();
};
