import { z } from 'zod';

import type { GraphProblem } from './graph-problem';
import { GRAPH_LIMITS } from './limits';
import { isStorableText, NOT_STORABLE } from './storable-text';

/** Keys that later versions give a meaning to. Refused until then: a deadline that never fires is worse. */
export const RESERVED_GRAPH_KEYS = ['deadlines', 'work', 'approvals', 'guards'] as const;

const kebabCase = /^[a-z][a-z0-9]*(-[a-z0-9]+)*$/;
const stateForm = /^[A-Za-z][A-Za-z0-9_]*$/;

export const graphNameSchema = z
  .string()
  .max(GRAPH_LIMITS.nameLength, { error: `must have at most ${GRAPH_LIMITS.nameLength} characters` })
  .regex(kebabCase, { error: 'must be in kebab-case and begin with a letter, such as `content-intent`' });

export const graphVersionSchema = z
  .int({ error: 'must be a whole number, such as 1' })
  .min(1, { error: 'must be 1 or more' })
  .max(GRAPH_LIMITS.version, { error: `must be at most ${GRAPH_LIMITS.version}` });

const stateSchema = z
  .string()
  .max(GRAPH_LIMITS.stateNameLength, {
    error: `a state name must have at most ${GRAPH_LIMITS.stateNameLength} characters`,
  })
  .regex(stateForm, {
    error: 'a state name must begin with a letter and go on with letters, digits and underscores',
  });

function text(maxLength: number): z.ZodString {
  return z
    .string()
    .min(1, { error: 'must not be empty' })
    .max(maxLength, { error: `must have at most ${maxLength} characters` })
    .refine(isStorableText, { error: NOT_STORABLE });
}

const stepSchema = z
  .strictObject({
    key: graphNameSchema.describe('Short name for programs, in kebab-case; unique in the graph.'),
    label: text(GRAPH_LIMITS.titleLength).describe('Name for people.'),
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
    title: text(GRAPH_LIMITS.titleLength).optional().describe('Name for people.'),
    description: text(GRAPH_LIMITS.descriptionLength).optional().describe('What the workflow is for.'),
    steps: z
      .array(stepSchema)
      .describe('The steps in order. The first state of the first step is the initial state.'),
    transitions: z
      .record(stateSchema, z.array(stateSchema))
      .describe('For every state the states that it may move to. A state may list itself.'),
    terminal: z
      .array(stateSchema)
      .describe('States that end the workflow: in no step, and without transitions.'),
  })
  .meta({ title: 'Workflow graph' });

type GraphDocument = z.output<typeof graphSchema>;

/**
 * A workflow graph as data. `State` is the union of its state names where they are known to the compiler.
 * Treat it as immutable: look-ups by {@link stepOf} and its kin are indexed once per object.
 */
export interface Graph<State extends string = string> extends Readonly<
  Omit<GraphDocument, 'steps' | 'transitions' | 'terminal'>
> {
  readonly steps: readonly {
    readonly key: string;
    readonly label: string;
    readonly states: readonly State[];
  }[];
  // The names come from steps and terminal; a misspelt one here is then an error instead of one more state.
  readonly transitions: { readonly [From in NoInfer<State>]?: readonly NoInfer<State>[] };
  readonly terminal: readonly State[];
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
  const transitions = isObject(value) ? value['transitions'] : undefined;
  if (!isObject(transitions) || !Object.hasOwn(transitions, '__proto__')) return [];
  return [{ code: 'INVALID_VALUE', message: '`__proto__` cannot be a state name.', path: 'transitions' }];
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
  if (parent === '' && RESERVED_GRAPH_KEYS.some((reserved) => reserved === key)) {
    const message = `\`${key}\` is not supported by this version of the engine: remove it from the graph.`;
    return { code: 'UNSUPPORTED_KEY', message, path };
  }
  const owner = parent === '' ? 'A graph' : `\`${parent}\``;
  return { code: 'UNKNOWN_KEY', message: `${owner} has no key \`${key}\`: remove it or correct it.`, path };
}

function formatPath(path: readonly PropertyKey[]): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`))
    .join('')
    .replace(/^\./, '');
}
