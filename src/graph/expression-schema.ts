import { GRAPH_LIMITS } from './limits';
import { textSchema } from './name-schemas';

/** The form of an expression; whether it means anything is judged by `validateGraph`. */
export const expressionSchema = textSchema(GRAPH_LIMITS.expressionLength);
