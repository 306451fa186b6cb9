import type { Picture, PictureEdge, PictureState, PictureStep } from './picture';

/** An edge that every state of a step has. */
export interface StepEdge extends Omit<PictureEdge, 'from'> {
  readonly step: PictureStep;
}

/**
 * Takes edges that all states of a step have in common, to `CANCELLED` say, as one edge of the step, as statecharts draw
 * it: `content-intent` has then 38 arrows and not 59. Edges of which more is said than of most are left beside it. A step
 * that leads into itself, or has one state, is left as it is.
 */
export function foldEdges({ steps, edges }: Picture): { edges: PictureEdge[]; stepEdges: StepEdge[] } {
  const byState = new Map<string, PictureEdge[]>();
  for (const edge of edges) {
    const own = byState.get(edge.from);
    if (own === undefined) byState.set(edge.from, [edge]);
    else own.push(edge);
  }
  const folded = new Set<PictureEdge>();
  const stepEdges = steps.flatMap((step): StepEdge[] => {
    const [first, ...others] = step.states;
    if (first === undefined || others.length === 0) return [];
    const inside = new Set(step.states.map(({ name }) => name));
    const targets = (byState.get(first.name) ?? []).map(({ to }) => to).filter((to) => !inside.has(to));
    return targets.flatMap((to) => {
      const common = step.states.flatMap((state) => {
        const edge = byState.get(state.name)?.find((each) => each.to === to);
        return edge === undefined ? [] : [{ edge, look: lookOf(edge, state) }];
      });
      if (common.length < step.states.length) return [];
      const looks = common.map(({ look }) => look).filter((look) => look !== FOLLOWS);
      const most = mostFrequent(looks) ?? FOLLOWS;
      // One that was added or removed among others is not common to all of them in both graphs.
      if (looks.some((look) => look !== most && !PLAIN.test(look))) return [];
      const alike = common.filter(({ look }) => look === most || look === FOLLOWS);
      if (alike.length < 2) return [];
      for (const { edge } of alike) folded.add(edge);
      const { notes, mark } = (common.find(({ look }) => look === most) ?? alike[0])!.edge;
      return [{ step, to, notes, ...(mark !== undefined && { mark }) }];
    });
  });
  return { edges: edges.filter((edge) => !folded.has(edge)), stepEdges };
}

/** The edge of an added state is added too: its state says so, and it may be any look. */
const FOLLOWS = 'follows its state';
const PLAIN = /^(changed)?\n/;

function lookOf({ mark, notes }: PictureEdge, state: PictureState): string {
  if ((mark === 'added' || mark === 'removed') && mark === state.mark && notes.length === 0) return FOLLOWS;
  return [mark ?? '', ...notes].join('\n') + '\n';
}

function mostFrequent(items: readonly string[]): string | undefined {
  const counts = new Map<string, number>();
  for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
  return [...counts].sort(([, a], [, b]) => b - a)[0]?.[0];
}
