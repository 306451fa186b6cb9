import {
  CancellationScope,
  condition,
  getExternalWorkflowHandle,
  ParentClosePolicy,
  startChild,
  uuid4,
} from '@temporalio/workflow';

import { childrenOf, evaluate, type ChildrenRule } from '../../graph';
import { GRAPH_LIMITS } from '../../graph/limits';
import {
  bounded,
  expressionData,
  INTENT_WORKFLOW_TYPE,
  LIMITS,
  metadataSchema,
  type EngineMove,
  type Intent,
  type Json,
  type Metadata,
} from '../../intent';
import { WORKFLOW_LIMITS } from '../limits';
import { regularActivities } from '../record';
import type { Way } from './way';

/** A child intent as its parent knows it. */
interface Child {
  id: string;
  /** State in which it ended. */
  ended?: string;
  /** Why it never came to be, or will never end. */
  failed?: string;
}

/** The children of a stay in a state. Plain JSON, which continue-as-new carries. */
export interface Children {
  items: Child[];
  /** Whether all have been started, or could not be. */
  started: boolean;
}

/** The children while the intent is in the state. */
export interface Family {
  children: Children;
  /** Counts what the children say when they end, and those that fail: it is time to look. */
  hints: number;
}

/**
 * Starts a child intent for each item. The children are intents like any other, which outlive each run of their parent.
 * Once begun it is gone through with, also where the intent leaves the state meanwhile: so every child is known.
 *
 * @returns the way out of the state where there is nothing to start
 */
export function startChildren(intent: Intent, rule: ChildrenRule, family: Family): Promise<Way | undefined> {
  return CancellationScope.nonCancellable(async () => {
    const { children } = family;
    const { entry, state } = intent;
    if (children.started) return undefined;
    const items = itemsOf(intent, rule);
    if (typeof items === 'string')
      return () => failed(childrenOf(intent.graph, state), entry, children, items);
    children.items = items.map(() => ({ id: uuid4() }));
    await Promise.all(
      items.map((item, index) => start(intent, rule, item, children.items[index] as Child, family)),
    );
    children.started = true;
    return undefined;
  });
}

/**
 * Waits until as many children have ended as the graph wants. Where they are is looked up in Postgres. How many it takes, and
 * where their end leads, is said by the version of the graph that the intent follows by then.
 */
export async function watchChildren(intent: Intent, family: Family): Promise<Way | undefined> {
  const { state } = intent;
  const { children } = family;
  const way = wayOut(intent, children);
  let wait: number = WORKFLOW_LIMITS.childrenLookMs;
  for (;;) {
    const rule = childrenOf(intent.graph, state);
    if (rule === undefined) return undefined;
    if (judge(rule, children.items) !== undefined) return way;
    const { hints } = family;
    const running = children.items.filter(isOpen);
    const looked = await regularActivities('children').readEndedIntents({
      organizationId: intent.organizationId,
      ids: running.map(({ id }) => id),
    });
    for (const ended of looked) {
      const child = running.find(({ id }) => id === ended.id);
      if (child !== undefined) child.ended = ended.state;
    }
    if (looked.length === 0 && family.hints === hints) {
      await condition(() => family.hints !== hints, wait);
      wait = Math.min(wait * WORKFLOW_LIMITS.childrenLookGrowth, WORKFLOW_LIMITS.longestChildrenLookMs);
    }
  }
}

/** Out of the state that the intent is in: nowhere while it is not decided how the children end. */
function wayOut(intent: Intent, children: Children): Way {
  const { entry, state } = intent;
  return () => {
    const rule = childrenOf(intent.graph, state);
    const verdict = rule && judge(rule, children.items);
    if (rule === undefined || verdict === undefined) return undefined;
    if (verdict === 'failed') {
      return failed(rule, entry, children, 'Too few of the children ended as they should.');
    }
    return { kind: 'children', entry, to: rule.done, metadata: { children: listed(children) } };
  };
}

/** Asks children that are still running to cancel themselves. One that has ended meanwhile does not mind. */
export async function cancelChildren({ items }: Children): Promise<void> {
  // Also where the intent itself is being cancelled: that must not keep it from telling them.
  await CancellationScope.nonCancellable(() =>
    Promise.all(
      items.filter(isOpen).map(({ id }) =>
        getExternalWorkflowHandle(id)
          .cancel()
          .catch(() => undefined),
      ),
    ),
  );
}

function isOpen({ ended, failed: never }: Child): boolean {
  return ended === undefined && never === undefined;
}

/** The metadata of each child; or what is wrong with what the graph says. */
function itemsOf(intent: Intent, rule: ChildrenRule): Metadata[] | string {
  const listed = evaluate(rule.items, expressionData(intent));
  const of = `\`${rule.items}\``;
  if (!listed.ok) return `${of}: ${listed.message}`;
  if (!Array.isArray(listed.value)) return `${of} gives no list`;
  if (listed.value.length > GRAPH_LIMITS.children) {
    return `${of} gives ${listed.value.length} items, more than the ${GRAPH_LIMITS.children} children that a state may have`;
  }
  const items: Metadata[] = [];
  for (const item of listed.value as Json[]) {
    const parsed = metadataSchema.safeParse(item);
    if (!parsed.success)
      return `${of}, item ${items.length + 1}: ${parsed.error.issues[0]?.message ?? 'invalid'}`;
    items.push(parsed.data);
  }
  return items;
}

async function start(
  intent: Intent,
  rule: ChildrenRule,
  metadata: Metadata,
  child: Child,
  family: Family,
): Promise<void> {
  const generation = intent.generation + 1;
  if (generation > LIMITS.generations) {
    child.failed = `A child of generation ${generation}: at most ${LIMITS.generations} are allowed`;
    return;
  }
  const { organizationId, createdBy } = intent;
  try {
    const handle = await startChild(INTENT_WORKFLOW_TYPE, {
      workflowId: child.id,
      args: [
        {
          organizationId,
          graph: rule.graph,
          metadata,
          generation,
          ...(createdBy !== undefined && { createdBy }),
        },
      ],
      parentClosePolicy: ParentClosePolicy.ABANDON,
      staticSummary: `Child of ${intent.id} in ${intent.state}`,
    });
    // One that fails, or is terminated, leaves no row that says so.
    handle.result().catch((error: unknown) => {
      child.failed ??= reasonOf(error);
      family.hints += 1;
    });
  } catch (error) {
    child.failed = reasonOf(error);
  }
}

function reasonOf(error: unknown): string {
  const { cause, message } = error as Error;
  return cause instanceof Error ? cause.message : message;
}

function judge({ until, counts }: ChildrenRule, items: readonly Child[]): 'done' | 'failed' | undefined {
  const good = items.filter(({ ended }) => ended !== undefined && (counts?.includes(ended) ?? true)).length;
  const open = items.filter(isOpen).length;
  const wanted = until === 'all' ? items.length : until === 'any' ? 1 : until;
  if (good >= wanted) return 'done';
  return good + open < wanted ? 'failed' : undefined;
}

function failed(
  rule: ChildrenRule | undefined,
  entry: number,
  children: Children,
  why: string,
): EngineMove | undefined {
  if (rule === undefined) return undefined;
  const message = bounded(why);
  if (rule.failed === undefined) throw new ChildrenProblem(message);
  return {
    kind: 'children',
    entry,
    to: rule.failed,
    reason: message,
    metadata: { failure: { type: 'CHILDREN_FAILED', message }, children: listed(children) },
  };
}

/** What is wrong where the graph has no state for it: the intent stays, and says so. */
export class ChildrenProblem extends Error {
  override readonly name = 'ChildrenProblem';
}

function listed({ items }: Children): Json {
  return items.map(({ id, ended, failed: never }) => ({
    id,
    ...(ended !== undefined && { ended }),
    ...(never !== undefined && { failed: never.slice(0, LIMITS.shownChildFailureLength) }),
  }));
}
