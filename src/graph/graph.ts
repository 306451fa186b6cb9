import { z } from 'zod';

import { approvalSchema, type ApprovalRule } from './approval-rule';
import { childrenSchema, type ChildrenRule } from './children-rule';
import { deadlineSchema, type DeadlineRule } from './deadline-rule';
import type { GraphProblem } from './graph-problem';
import { guardSchema, type GuardRule } from './guard-rule';
import { GRAPH_LIMITS } from './limits';
import { graphNameSchema, graphVersionSchema, stateSchema, textSchema } from './name-schemas';
import { cancellationSchema, undoSchema, type CancellationRule, type UndoRule } from './undo-rule';
import { workSchema, type WorkRule } from './work-rule';

const stepSchema = z
  .strictObject({
    key: graphNameSchema.describe('Short name for programs, in kebab-case; unique in the graph.'),
    label: textSchema(GRAPH_LIMITS.titleLength).describe('Name for people.'),
    states: z.array(stateSchema).describe('The states of this step; each state belongs to one step.'),
  })
  .describe('A stage of the workflow, for progress displays.');

/**
 * The form of a graph. It says nothing about whether the states fit together: that is `validateGraph`.
 * The output is a copy that shares nothing with the input.
 */
export const graphSchema = z
  .strictObject({
    $schema: z
      .string()
      .optional()
      .describe('Path or URL of the JSON Schema, for editors; otherwise ignored.'),
    name: graphNameSchema.describe('Name in kebab-case. An intent names its graph as `name@version`.'),
    version: graphVersionSchema.describe('A registered version never changes: raise it for every change.'),
    title: textSchema(GRAPH_LIMITS.titleLength).optional().describe('Name for people.'),
    description: textSchema(GRAPH_LIMITS.descriptionLength).optional().describe('What the workflow is for.'),
    steps: z
      .array(stepSchema)
      .describe('The steps in order. The first state of the first step is the initial state.'),
    transitions: z
      .record(stateSchema, z.array(stateSchema))
      .describe('For every state the states that it may move to. A state may list itself.'),
    terminal: z
      .array(stateSchema)
      .describe('States that end the workflow: in no step, and without transitions.'),
    work: z
      .record(stateSchema, workSchema)
      .optional()
      .describe('Activities that are run on entry, by state.'),
    children: z
      .record(stateSchema, childrenSchema)
      .optional()
      .describe('Intents that are started on entry, by state.'),
    deadlines: z
      .record(stateSchema, deadlineSchema)
      .optional()
      .describe('When states are left by themselves.'),
    approvals: z.array(approvalSchema).optional().describe('Transitions that need approvals.'),
    guards: z.array(guardSchema).optional().describe('Transitions that need a condition.'),
    undo: z
      .record(stateSchema, undoSchema)
      .optional()
      .describe(
        'Activities that are run when an intent is cancelled, in reverse order of the states entered.',
      ),
    cancellation: cancellationSchema
      .optional()
      .describe('Where a cancelled intent goes while it is undone; required with `undo`.'),
  })
  .meta({ title: 'Workflow graph' });

type GraphDocument = z.output<typeof graphSchema>;
type ByState<State extends string, Rule> = { readonly [Of in State]?: Rule };

/**
 * A workflow graph as data. `State` is the union of its state names where they are known to the compiler.
 * Treat it as immutable: look-ups by {@link stepOf} and its kin are indexed once per object.
 */
export interface Graph<State extends string = string> extends Readonly<
  Pick<GraphDocument, '$schema' | 'name' | 'version' | 'title' | 'description'>
> {
  readonly steps: readonly {
    readonly key: string;
    readonly label: string;
    readonly states: readonly State[];
  }[];
  // The names come from steps and terminal; a misspelt one below is then an error instead of one more state.
  readonly transitions: ByState<NoInfer<State>, readonly NoInfer<State>[]>;
  readonly terminal: readonly State[];
  readonly work?: ByState<NoInfer<State>, WorkRule<NoInfer<State>>> | undefined;
  readonly children?: ByState<NoInfer<State>, ChildrenRule<NoInfer<State>>> | undefined;
  readonly deadlines?: ByState<NoInfer<State>, DeadlineRule<NoInfer<State>>> | undefined;
  readonly approvals?: readonly ApprovalRule<NoInfer<State>>[] | undefined;
  readonly guards?: readonly GuardRule<NoInfer<State>>[] | undefined;
  readonly undo?: ByState<NoInfer<State>, UndoRule> | undefined;
  readonly cancellation?: CancellationRule<NoInfer<State>> | undefined;
}

/** The union of a graph's state names: `GraphState<typeof orderGraph>`. */
export type GraphState<G extends Graph> = G['steps'][number]['states'][number] | G['terminal'][number];

export type ParsedGraph =
  { readonly ok: true; readonly graph: Graph } | { readonly ok: false; readonly problems: GraphProblem[] };

/**
 * Reads the form of a graph from any value, such as a parsed JSON file. Never throws; on failure it names
 * everything that is wrong with the form. Use `checkGraph` to judge the states as well.
 *
 * @example
 * const parsed = parseGraph(JSON.parse(text));
 * if (!parsed.ok) throw new GraphValidationError(parsed.problems);
 */
export function parseGraph(value: unknown): ParsedGraph {
  const result = graphSchema.safeParse(value);
  const problems = [...droppedKeys(value), ...(result.error?.issues ?? []).flatMap(problemsOfIssue)];
  if (result.success && problems.length === 0) return { ok: true, graph: result.data };
  return { ok: false, problems };
}

/** zod leaves a record's key `__proto__` out without an issue; nothing of a graph may be lost silently. */
function droppedKeys(value: unknown): GraphProblem[] {
  if (!isObject(value)) return [];
  return ['transitions', 'work', 'children', 'deadlines', 'undo'].flatMap((path) => {
    const record = value[path];
    if (!isObject(record) || !Object.hasOwn(record, '__proto__')) return [];
    return [{ code: 'INVALID_VALUE' as const, message: '`__proto__` cannot be a state name.', path }];
  });
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function problemsOfIssue(issue: z.core.$ZodIssue): GraphProblem[] {
  const path = formatPath(issue.path);
  const at = path === '' ? {} : { path };
  if (issue.code === 'unrecognized_keys') return issue.keys.map((key) => unknownKey(key, path));
  const nested = issue.code === 'invalid_key' ? issue.issues[0]?.message : undefined;
  const subject = path === '' ? 'The graph' : `\`${path}\``;
  return [{ code: 'INVALID_VALUE', message: `${subject}: ${nested ?? issue.message}.`, ...at }];
}

function unknownKey(key: string, parent: string): GraphProblem {
  const path = parent === '' ? key : `${parent}.${key}`;
  const owner = parent === '' ? 'A graph' : `\`${parent}\``;
  return { code: 'UNKNOWN_KEY', message: `${owner} has no key \`${key}\`: remove it or correct it.`, path };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
