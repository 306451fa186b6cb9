import { hasEdge, hasState, isTerminal, listSteps, stepOf, type Graph } from '../graph';
import type { GraphDiff } from './diff-graphs';
import type { Mark, Picture, PictureEdge, PictureState, PictureStep } from './picture';
import { pictureOfGraph } from './picture-of-graph';

/** Both graphs in one picture, each part marked by what happened to it. What was removed stands where it was. */
export function pictureOfDiff(before: Graph, after: Graph, diff: GraphDiff): Picture {
  const [old, now] = [pictureOfGraph(before), pictureOfGraph(after)];
  const states = stateMarker(before, after, old);
  const removed = (state: PictureState) => !hasState(after, state.name);

  const steps = now.steps.map((step): PictureStep => {
    const earlier = old.steps.find(({ key }) => key === step.key);
    const move = diff.steps.moved.find(({ step: key }) => key === step.key);
    const renamed = earlier !== undefined && earlier.label !== step.label;
    const mark: Mark | undefined =
      earlier === undefined ? 'added' : move !== undefined ? 'moved' : renamed ? 'changed' : undefined;
    return {
      ...step,
      states: [...step.states, ...(earlier?.states.filter(removed) ?? [])].map(states),
      notes: [
        ...(move === undefined ? [] : [`was step ${move.before}`]),
        ...(renamed ? [`was called ${earlier.label}`] : []),
      ],
      ...(mark !== undefined && { mark }),
    };
  });
  for (const { number: _, ...step } of old.steps.filter(({ key }) => diff.steps.removed.includes(key))) {
    const place = placeOfRemoved(step.key, before, steps);
    // States that live on in another step are drawn there.
    steps.splice(place, 0, { ...step, states: step.states.filter(removed).map(states), mark: 'removed' });
  }
  return {
    title: `${diff.before} → ${diff.after}`,
    steps,
    terminal: [...now.terminal, ...old.terminal.filter(removed)].map(states),
    edges: mergedEdges(after, old, now),
  };
}

/** After the nearest step before it that is drawn already. */
function placeOfRemoved(key: string, before: Graph, drawn: readonly PictureStep[]): number {
  const keys = listSteps(before).map((step) => step.key);
  const ahead = keys.slice(0, keys.indexOf(key)).reverse();
  for (const earlier of ahead) {
    const place = drawn.findIndex((step) => step.key === earlier);
    if (place >= 0) return place + 1;
  }
  return 0;
}

function stateMarker(before: Graph, after: Graph, old: Picture): (state: PictureState) => PictureState {
  const earlier = new Map(
    [...old.steps.flatMap((step) => step.states), ...old.terminal].map((state) => [state.name, state]),
  );
  return (state) => {
    const was = earlier.get(state.name);
    if (was === undefined) return { ...state, mark: 'added' };
    if (!hasState(after, state.name)) return { ...state, mark: 'removed' };
    const notes = mergedNotes(was.notes, state.notes);
    const [from, to] = [stepOf(before, state.name)?.key, stepOf(after, state.name)?.key];
    if (from !== to) {
      const place = isTerminal(before, state.name) ? 'was terminal' : `was in step ${from}`;
      return { ...state, notes: [...notes.lines, place], mark: 'moved' };
    }
    if (was.initial !== state.initial) {
      const place = was.initial ? 'was the initial state' : 'is the initial state now';
      return { ...state, notes: [...notes.lines, place], mark: 'changed' };
    }
    return { ...state, notes: notes.lines, ...(notes.changed && { mark: 'changed' }) };
  };
}

function mergedEdges(after: Graph, old: Picture, now: Picture): PictureEdge[] {
  const nameOf = ({ from, to }: PictureEdge) => `${from} ${to}`;
  const earlier = new Map(old.edges.map((edge) => [nameOf(edge), edge]));
  const marked = now.edges.map((edge): PictureEdge => {
    const was = earlier.get(nameOf(edge));
    if (was === undefined) return { ...edge, mark: 'added' };
    const { lines, changed } = mergedNotes(was.notes, edge.notes);
    return { ...edge, notes: lines, ...(changed && { mark: 'changed' }) };
  });
  const gone = old.edges
    .filter(({ from, to }) => !hasEdge(after, from, to))
    .map((edge): PictureEdge => ({ ...edge, mark: 'removed' }));
  return [...marked, ...gone];
}

function mergedNotes(
  before: readonly string[],
  after: readonly string[],
): { lines: readonly string[]; changed: boolean } {
  const gone = before.filter((note) => !after.includes(note)).map((note) => `− ${note}`);
  const lines = after.map((note) => (before.includes(note) ? note : `+ ${note}`));
  const changed = gone.length > 0 || after.some((note) => !before.includes(note));
  return { lines: [...gone, ...lines], changed };
}
