import type { Graph } from '../graph';
import { asObject, furtherKeys, isObject } from './further-keys';

/**
 * Lines about one state, from the graph's rules.
 *
 * @example
 * stateNotes(graph, 'ICP_PROCESSING') // ['runs analyseIcp']
 */
export function stateNotes(graph: Graph, state: string): string[] {
  const { work, children, undo, cancellation } = furtherKeys(graph);
  const run = ruleOf(work, state);
  const fanOut = ruleOf(children, state);
  const undone = ruleOf(undo, state);
  return [
    ...(run === undefined ? [] : [`runs ${text(run['activity'])}`]),
    ...(fanOut === undefined ? [] : [`one ${text(fanOut['graph'])} for each of ${text(fanOut['items'])}`]),
    ...(undone === undefined ? [] : [`undone by ${text(undone['activity'])}`]),
    ...(asObject(cancellation)['through'] === state ? ['undoes what was done'] : []),
  ];
}

/**
 * Lines about one edge, from the graph's rules.
 *
 * @example
 * edgeNotes(graph, 'SEED_REVIEW_PENDING', 'CANCELLED') // ['after P14D']
 */
export function edgeNotes(graph: Graph, from: string, to: string): string[] {
  const { work, children, deadlines, approvals, guards, cancellation } = furtherKeys(graph);
  return [
    ...workNotes(ruleOf(work, from), to),
    ...childrenNotes(ruleOf(children, from), to),
    ...deadlineNotes(ruleOf(deadlines, from), to),
    ...listOf(approvals)
      .filter((rule) => rule['from'] === from && rule['to'] === to)
      .map(approvalNote),
    ...listOf(guards)
      .filter((rule) => rule['to'] === to && (rule['from'] === undefined || rule['from'] === from))
      .map((rule) => `if ${text(rule['name'])}`),
    ...cancellationNotes(asObject(cancellation), from, to),
  ];
}

type Rule = Readonly<Record<string, unknown>>;

function workNotes(rule: Rule | undefined, to: string): string[] {
  if (rule === undefined) return [];
  return [...(rule['success'] === to ? ['success'] : []), ...(rule['failure'] === to ? ['failure'] : [])];
}

function childrenNotes(rule: Rule | undefined, to: string): string[] {
  if (rule === undefined) return [];
  const { until, done, failed } = rule;
  return [...(done === to ? [`${text(until)} ended`] : []), ...(failed === to ? ['too few can end'] : [])];
}

function deadlineNotes(rule: Rule | undefined, to: string): string[] {
  if (rule?.['to'] !== to) return [];
  const { after, at, reminders } = rule;
  return [
    after === undefined ? `at ${text(at)}` : `after ${text(after)}`,
    ...listOf(reminders).map(({ before }) => `reminder ${text(before)} before`),
  ];
}

function approvalNote({ count, roles }: Rule): string {
  const of = Array.isArray(roles) ? ` of ${roles.map(text).join(', ')}` : '';
  return `${text(count)} ${count === 1 ? 'vote' : 'votes'}${of}`;
}

function cancellationNotes({ through, failed }: Rule, from: string, to: string): string[] {
  if (through === undefined || from !== through) return [];
  return to === failed ? ['an undo failed'] : ['all undone'];
}

/** Rules by state; a state may be called `constructor`. */
function ruleOf(rules: unknown, state: string): Rule | undefined {
  if (!isObject(rules) || !Object.hasOwn(rules, state)) return undefined;
  return asObject(rules[state]);
}

function listOf(rules: unknown): Rule[] {
  return Array.isArray(rules) ? rules.filter(isObject) : [];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '?');
}
