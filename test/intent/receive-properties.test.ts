import fc from 'fast-check';

import type { Graph } from '../../src/graph';
import { jsonBytes, LIMITS, receive, restoreState, type Decision, type Intent } from '../../src/intent';
import { carryOver, type CarriedIntent } from '../../src/workflows/carry-over';
import { validGraph } from '../graph/arbitrary-graph';
import { AT, newIntent } from './new-intent';

/** What a sender may put into a signal; small numbers, so that ids repeat and requests often hit an edge. */
const move = fc.record({
  id: fc.integer({ min: 0, max: 30 }),
  to: fc.nat(),
  /** Mostly along an edge: anything else ends random walks early. */
  along: fc.integer({ min: 0, max: 4 }),
  expect: fc.constantFrom('nothing', 'nothing', 'current', 'other', 'unknown'),
  sequence: fc.constantFrom('nothing', 'nothing', 'current', 'other'),
  shape: fc.constantFrom(
    'good',
    'good',
    'good',
    'good',
    'unknown state',
    'no target',
    'no id',
    'not an object',
  ),
});
type Move = typeof move extends fc.Arbitrary<infer T> ? T : never;

const nth = <T>(items: readonly T[], index: number): T => items[index % items.length] as T;

/** Turns a move into a payload, looking at the state where the model stands. */
function toPayload(
  graph: Graph,
  { state, sequence }: Pick<Model, 'state' | 'sequence'>,
  { id, to, along, expect: expected, sequence: expectedRow, shape }: Move,
): unknown {
  const states = [...graph.steps.flatMap((step) => step.states), ...graph.terminal];
  const exits = (Object.hasOwn(graph.transitions, state) && graph.transitions[state]) || [];
  const target = along > 0 && exits.length > 0 ? nth(exits, to) : nth(states, to);
  const expectedState = {
    nothing: undefined,
    current: state,
    other: nth(states, to + 1),
    unknown: 'NOWHERE',
  }[expected];
  const expectedSequence = { nothing: undefined, current: sequence, other: sequence + 1 }[expectedRow];
  const requestId = `request-${id}`;
  if (shape === 'not an object') return [requestId];
  if (shape === 'no id') return { to: target };
  if (shape === 'no target') return { requestId };
  return {
    requestId,
    to: shape === 'unknown state' ? 'NOWHERE' : target,
    ...(expectedState !== undefined && { expectedState }),
    ...(expectedSequence !== undefined && { expectedSequence }),
  };
}

interface Request {
  requestId?: string;
  to?: string;
  expectedState?: string;
  expectedSequence?: number;
}

type Answer = { id: string; sequence: number; from: string; to: string } | { id: string; code: string };

/** The rules once more, as plainly as they can be said. */
class Model {
  readonly answers: Answer[] = [{ id: 'creation', sequence: 1, from: '', to: '' }];
  private received = 0;

  constructor(
    private readonly graph: Graph,
    public state: string,
  ) {}

  take(payload: unknown): Answer | undefined {
    this.received += 1;
    const request = payload as Request;
    const id = request.requestId ?? `invalid:${this.received}`;
    if (this.answers.some((answer) => answer.id === id)) return undefined;
    const answer = this.answer(id, request);
    this.answers.push(answer);
    if ('to' in answer) this.state = answer.to;
    return answer;
  }

  get sequence(): number {
    return this.answers.filter((answer) => 'sequence' in answer).length;
  }

  private answer(id: string, { requestId, to, expectedState, expectedSequence }: Request): Answer {
    const { steps, terminal, transitions } = this.graph;
    const known = [...steps.flatMap((step) => step.states), ...terminal];
    if (requestId === undefined || to === undefined) return { id, code: 'INVALID_REQUEST' };
    if (terminal.includes(this.state)) return { id, code: 'TERMINAL_STATE' };
    if (!known.includes(to)) return { id, code: 'UNKNOWN_STATE' };
    if (
      (expectedState ?? this.state) !== this.state ||
      (expectedSequence ?? this.sequence) !== this.sequence
    ) {
      return { id, code: 'STATE_CONFLICT' };
    }
    const edges = Object.entries(transitions).flatMap(
      ([from, targets]) => targets?.map((t) => `${from}>${t}`) ?? [],
    );
    if (!edges.includes(`${this.state}>${to}`)) {
      return { id, code: to === this.state ? 'ALREADY_IN_STATE' : 'ILLEGAL_TRANSITION' };
    }
    return { id, sequence: this.sequence + 1, from: this.state, to };
  }
}

function toAnswer(decision: Decision | undefined): Answer | undefined {
  if (decision === undefined) return undefined;
  // No graph of these asks for votes.
  if (decision.status === 'voted') throw new Error(`vote ${decision.requestId}`);
  return decision.status === 'applied'
    ? {
        id: decision.requestId,
        sequence: decision.sequence,
        from: decision.previousState ?? '',
        to: decision.newState,
      }
    : { id: decision.requestId, code: decision.code };
}

/** Sends the moves to a model, and returns the payloads that they became with the answers that are right. */
function script(
  graph: Graph,
  moves: readonly Move[],
): { payloads: unknown[]; answers: Array<Answer | undefined> } {
  const model = new Model(graph, newIntent(graph).state);
  const payloads: unknown[] = [];
  const answers = moves.map((one) => {
    const payload = toPayload(graph, model, one);
    payloads.push(payload);
    return model.take(payload);
  });
  return { payloads, answers };
}

const scripts = fc
  .record({ graph: validGraph, moves: fc.array(move, { maxLength: 60, size: 'max' }) })
  .map(({ graph, moves }: { graph: Graph; moves: Move[] }) => ({ graph, ...script(graph, moves) }));

const RECORDED = { recordedSequence: 1, recordedRejections: 0, auditHash: null, quarantined: null };

const aVote = { number: 1, to: 'DONE', actor: 'ada', role: 'owner', votedAt: AT, requestId: 'r1' };

/** To the next run and back, as Temporal does it: as JSON. */
const throughContinueAsNew = (intent: Intent): Intent =>
  restoreState(
    intent.id,
    JSON.parse(JSON.stringify(carryOver(intent, RECORDED, [], undefined))) as CarriedIntent,
    { organizationId: intent.organizationId },
  );

test('random requests to random graphs are answered as the model answers them', () => {
  fc.assert(
    fc.property(scripts, ({ graph, payloads, answers }) => {
      const intent = newIntent(graph);
      expect(payloads.map((payload) => toAnswer(receive(intent, payload, { at: AT })))).toEqual(answers);
    }),
    { numRuns: 300 },
  );
});

test('the trail has no gap, its states hang together, and each id has exactly one outcome', () => {
  fc.assert(
    fc.property(scripts, ({ graph, payloads }) => {
      const intent = newIntent(graph);
      let state = intent.state;
      let [sequence, number] = [1, 0];
      const decided = new Set<string>();
      payloads.forEach((payload, index) => {
        const own = (payload as { requestId?: string }).requestId ?? `invalid:${index + 1}`;
        const decision = receive(intent, payload, { at: AT });
        expect(decision === undefined).toBe(decided.has(own));
        decided.add(own);
        if (decision?.status === 'applied') {
          expect(decision).toMatchObject({ requestId: own, sequence: (sequence += 1), previousState: state });
          state = decision.newState;
        } else if (decision !== undefined) {
          expect(decision).toMatchObject({ requestId: own, number: (number += 1), state });
        }
      });
      expect(intent).toMatchObject({ state, sequence, rejections: number, received: payloads.length });
      const all = { sequence, rejections: number };
      for (const id of decided) expect(intent.outcomes.find(id, all)).toMatchObject({ requestId: id });
    }),
  );
});

test('continue-as-new between any two requests changes no decision', () => {
  const withCuts = scripts.chain((s) => fc.tuple(fc.constant(s), fc.array(fc.nat(60), { maxLength: 4 })));
  fc.assert(
    fc.property(withCuts, ([{ graph, payloads }, cuts]) => {
      const whole = newIntent(graph);
      let cut = newIntent(graph);
      payloads.forEach((payload, index) => {
        if (cuts.includes(index)) cut = throughContinueAsNew(cut);
        expect(receive(cut, payload, { at: AT })).toEqual(receive(whole, payload, { at: AT }));
      });
      expect({ ...cut, outcomes: cut.outcomes.toCarried() }).toEqual({
        ...whole,
        outcomes: whole.outcomes.toCarried(),
      });
    }),
    { numRuns: 200 },
  );
});

test('what continue-as-new carries stays below the 2 MB that Temporal takes, whatever was sent', () => {
  const intent = newIntent();
  const id = (index: number) => `${'\u0001'.repeat(120)}${index}`;
  receive(intent, { requestId: 'triage', to: 'TRIAGED' }, { at: AT });
  receive(intent, { requestId: 'work', to: 'WORKING' }, { at: AT });
  for (let index = 0; !intent.outcomes.full; index += 1) {
    receive(intent, { requestId: id(index), to: 'WORKING' }, { at: AT });
  }
  for (let index = 0; index < 300; index += 1) {
    const payload = { requestId: `r${id(index)}`, ['\u0001'.repeat(500)]: 1 };
    expect(receive(intent, payload, { at: AT })).toMatchObject({ code: 'INVALID_REQUEST' });
  }
  for (let state = 0; state < 100; state += 1) intent.results.set(`S${state}`, 'x'.repeat(1_000));
  intent.openVotes = [{ ...aVote, actor: 'x'.repeat(LIMITS.votesBytes) }];
  const memories = jsonBytes(carryOver(intent, RECORDED, [], undefined));
  // A run is not continued with more unrecorded decisions than this, and its input is repeated.
  const others = LIMITS.graphBytes + 1.5 * LIMITS.unrecordedBytes + 2 * LIMITS.metadataBytes;
  expect(memories + others).toBeLessThan(2 * 1024 * 1024);
});
