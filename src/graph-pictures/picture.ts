/** What happened to a part between two graphs; absent: nothing, or there is only one graph. */
export type Mark = 'added' | 'removed' | 'moved' | 'changed';

export interface PictureState {
  readonly name: string;
  readonly initial: boolean;
  readonly terminal: boolean;
  /** What the graph says of it beyond its name: a line each. */
  readonly notes: readonly string[];
  readonly mark?: Mark;
}

export interface PictureEdge {
  readonly from: string;
  readonly to: string;
  readonly notes: readonly string[];
  readonly mark?: Mark;
}

export interface PictureStep {
  /** From 1, in the newer graph; absent for a step that it has no more. */
  readonly number?: number;
  readonly key: string;
  readonly label: string;
  readonly states: readonly PictureState[];
  readonly notes: readonly string[];
  readonly mark?: Mark;
}

/** What is to be drawn, whatever draws it. Plain JSON. */
export interface Picture {
  readonly title: string;
  readonly steps: readonly PictureStep[];
  readonly terminal: readonly PictureState[];
  readonly edges: readonly PictureEdge[];
}

/** How a mark is written where there is no colour: before a name, and in words. */
export const MARK_SIGNS = { added: '+', removed: '−', moved: '↕', changed: '~' } as const satisfies Record<
  Mark,
  string
>;

/** `+ NAME`, or the name alone where nothing happened to it. */
export function markedName(name: string, mark: Mark | undefined): string {
  return mark === undefined ? name : `${MARK_SIGNS[mark]} ${name}`;
}
