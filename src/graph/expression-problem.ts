import { checkExpression, type ExpressionPlace } from './expression';
import type { GraphProblem } from './graph-problem';

/** What the value of an expression has to be. CEL calls it `dyn` where only the data can tell. */
const WANTED = {
  condition: { said: 'true or false', types: /^(bool|dyn)$/ },
  list: { said: 'a list', types: /^(list|dyn)/ },
  time: { said: 'a time: a text in ISO 8601 or a timestamp', types: /^(string|Timestamp|dyn)$/ },
};

/** Judges an expression of a rule, if it has one there. */
export function* expressionProblem(
  text: string | undefined,
  wanted: keyof typeof WANTED,
  path: string,
): Generator<GraphProblem> {
  if (text === undefined) return;
  const place: ExpressionPlace = wanted === 'condition' ? 'guard' : 'elsewhere';
  const checked = checkExpression(text, place);
  const { said, types } = WANTED[wanted];
  if (!checked.ok) {
    const message = `\`${path}\` cannot be evaluated: ${checked.message}. Correct the expression.`;
    yield { code: 'INVALID_EXPRESSION', message, path };
  } else if (!types.test(checked.type)) {
    const message = `The value of \`${path}\` has type ${checked.type}, but must be ${said}.`;
    yield { code: 'INVALID_EXPRESSION', message, path };
  }
}
