import { contentIntentGraph } from './content-intent';
import type { Graph } from './graph';

/** Graphs that come with the engine; the migrations register them. */
export const BUILTIN_GRAPHS: readonly Graph[] = [contentIntentGraph];
