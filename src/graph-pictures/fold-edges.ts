import type { Mark, Picture, PictureEdge, PictureStep } from './picture';

/** An edge that every state of a step has. */
export interface StepEdge {
  readonly step: PictureStep;
  readonly to: string;
  readonly notes: readonly string[];
  readonly mark?: Mark;
}

/**
 * Takes edges that all states of a step have in common (to `CANCELLED`, say) as one edge of the step, as statecharts
 * draw it: `content-intent` has then 39 arrows and not 59. A step that leads into itself, or has one state, is left as it is.
 */
export function foldEdges({ steps, edges }: Picture): { edges: PictureEdge[]; stepEdges: StepEdge[] } {
  const byState = new Map<string, PictureEdge[]>();
  for (const edge of edges) byState.set(edge.from, [...(byState.get(edge.from) ?? []), edge]);

  const stepEdges = steps.flatMap((step) => {
    const own = new Set(step.states.map(({ name }) => name));
    if (own.size < 2) return [];
    const first = byState.get(step.states[0]?.name ?? '') ?? [];
    return first.flatMap(({ to }) => (own.has(to) ? [] : commonEdge(step, to, byState)));
  });
  const folded = new Set(
    stepEdges.flatMap(({ step, to }) => step.states.map(({ name }) => edgeKey({ from: name, to }))),
  );
  return { edges: edges.filter((edge) => !folded.has(edgeKey(edge))), stepEdges };
}

function commonEdge(
  step: PictureStep,
  to: string,
  byState: ReadonlyMap<string, readonly PictureEdge[]>,
): StepEdge[] {
  const common = step.states.map(({ name, mark }) => {
    const edge = byState.get(name)?.find((each) => each.to === to);
    // The edges of an added state are added too; that is said by the state, and makes the edge no other one.
    const follows = (mark === 'added' || mark === 'removed') && edge?.mark === mark;
    return edge === undefined ? undefined : { edge, mark: follows ? undefined : edge.mark, follows };
  });
  const lasting = common.filter((each) => each?.follows === false);
  const reference = lasting[0] ?? common[0];
  if (reference === undefined) return [];
  const notes = reference.edge.notes.join('\n');
  const alike = common.every(
    (each) =>
      each !== undefined &&
      each.edge.notes.join('\n') === notes &&
      (each.follows || each.mark === reference.mark),
  );
  if (!alike) return [];
  const mark = lasting.length === 0 ? reference.edge.mark : reference.mark;
  return [{ step, to, notes: reference.edge.notes, ...(mark !== undefined && { mark }) }];
}

function edgeKey({ from, to }: { from: string; to: string }): string {
  return `${from} ${to}`;
}
