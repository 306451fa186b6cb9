/** What bounds pictures of graphs. */
export const PICTURE_LIMITS = {
  /**
   * States up to which Graphviz may take all the time it likes to lay them out well. 300 states of a chain with some edges
   * back took 47 s so, and take 2.3 s with bounded effort.
   */
  carefulStates: 60,
  /** Characters of a line in a label; wider ones push a picture apart. */
  lineLength: 32,
} as const;
