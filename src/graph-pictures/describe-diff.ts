import type { GraphDiff, PlacedState } from './diff-graphs';
import type { ValueChange } from './diff-values';

/**
 * A difference as text, by kind: what was added, removed and moved, and which running intents have no state to go on in.
 *
 * @example
 * describeDiff(diffGraphs(before, after)).join('\n')
 */
export function describeDiff(diff: GraphDiff): string[] {
  const { before, after, same, initial, steps, states, edges, terminal, values } = diff;
  if (same) return [`${before} and ${after} do not differ`];
  return [
    `${before} → ${after}`,
    ...section('initial state', initial === undefined ? [] : [`~ ${initial.before} → ${initial.after}`]),
    ...section('steps', [
      ...steps.added.map((step) => `+ ${step}`),
      ...steps.removed.map((step) => `− ${step}`),
      ...steps.moved.map(({ step, before: from, after: to }) => `↕ ${step}: ${from} → ${to}`),
    ]),
    ...section('states', [
      ...states.added.map((state) => `+ ${placed(state)}`),
      ...states.removed.map((state) => `− ${placed(state)}`),
      ...states.moved.map(
        ({ state, before: from, after: to }) => `↕ ${state}: ${place(from)} → ${place(to)}`,
      ),
    ]),
    ...section('transitions', [
      ...edges.added.map(({ from, to }) => `+ ${from} → ${to}`),
      ...edges.removed.map(({ from, to }) => `− ${from} → ${to}`),
    ]),
    ...section('terminal', [
      ...terminal.added.map((state) => `+ ${state}`),
      ...terminal.removed.map((state) => `− ${state}`),
    ]),
    ...section('other keys', values.map(valueLine)),
    ...hints(diff),
  ];
}

function section(title: string, lines: readonly string[]): string[] {
  return lines.length === 0 ? [] : ['', title, ...lines.map((line) => `  ${line}`)];
}

function placed({ state, step }: PlacedState): string {
  return `${state} (${place(step)})`;
}

function place(step: string | null): string {
  return step ?? 'terminal';
}

function valueLine({ path, change, before, after }: ValueChange): string {
  if (change === 'added') return `+ ${path}: ${JSON.stringify(after)}`;
  if (change === 'removed') return `− ${path}: ${JSON.stringify(before)}`;
  return `~ ${path}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`;
}

function hints({ before, after, stranded }: GraphDiff): string[] {
  const taken =
    before === after ? ['', `Both are ${after}, and a registered version never changes: raise it.`] : [];
  if (stranded.length === 0) return taken;
  return [
    ...taken,
    '',
    `Intents that run in one of these states of ${before} have no such state in ${after}:`,
    ...stranded.map((state) => `  ${state}`),
    'They stay on their version. To move them, say where each goes on:',
    `  intent graph migrate ${course(before, after)} ${stranded.map((state) => `--map ${state}=NEW`).join(' ')}`,
  ];
}

/** Options of the command, for references such as `ticket@1`. */
function course(before: string, after: string): string {
  const [name = '', from = ''] = before.split('@');
  return `--graph ${name} --from ${from} --to ${after.split('@')[1]}`;
}
