import type { EngineMove } from '../../intent';

/**
 * Where a stay in a state leads. It is asked in the step in which the move is judged: by then the intent may follow another
 * version of its graph, which says otherwise, or that it leads nowhere.
 */
export type Way = () => EngineMove | undefined;
