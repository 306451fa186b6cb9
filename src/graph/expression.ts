import { Environment, type ASTNode, type ParseResult } from '@marcbachmann/cel-js';

import { registerTimestamps, TIMESTAMP_FUNCTION } from './expression-time';
import { plainValue } from './expression-value';
import { GRAPH_LIMITS } from './limits';

/** What expressions can ask for. All of it is JSON. */
export interface ExpressionData {
  /** The metadata that the intent was created with. */
  readonly metadata: unknown;
  /** By state: what its work returned. */
  readonly results: unknown;
  /** id, organizationId, title, createdBy, state and sequence. */
  readonly intent: unknown;
  /** In guards only: actor, reason, metadata and to. */
  readonly request?: unknown;
}

export type Evaluation =
  { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly message: string };

export type CheckedExpression =
  { readonly ok: true; readonly type: string } | { readonly ok: false; readonly message: string };

/** Whether `request` may be asked for. */
export type ExpressionPlace = 'guard' | 'elsewhere';

let environments: Readonly<Record<ExpressionPlace, Environment>> | undefined;

/** Made at the first use: it takes milliseconds, and workflow code is loaded for each intent, with rules or without. */
function environmentOf(place: ExpressionPlace): Environment {
  if (environments === undefined) {
    const elsewhere = newEnvironment();
    environments = { elsewhere, guard: elsewhere.clone().registerVariable('request', VARIABLE_TYPE) };
  }
  return environments[place];
}

const VARIABLE_TYPE = 'map<string, dyn>';

function newEnvironment(): Environment {
  const environment = new Environment({
    // Items of children are maps of unlike values.
    homogeneousAggregateLiterals: false,
    limits: { maxAstNodes: GRAPH_LIMITS.expressionNodes, maxDepth: GRAPH_LIMITS.expressionDepth },
  });
  for (const name of ['metadata', 'results', 'intent']) environment.registerVariable(name, VARIABLE_TYPE);
  registerTimestamps(environment);
  // Numbers of JSON are doubles to CEL, which does not mix those with whole numbers: `metadata.count + 1` would fail.
  const mixed: Record<string, (a: number, b: number) => number> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  for (const [operator, calculate] of Object.entries(mixed)) {
    const handler = (a: number | bigint, b: number | bigint) => calculate(Number(a), Number(b));
    environment.registerOperator(`double ${operator} int: double`, handler);
    environment.registerOperator(`int ${operator} double: double`, handler);
  }
  environment.registerOperator('double % double: double', (a: number, b: number) => a % b);
  return environment;
}

type Compiled =
  { readonly ok: true; readonly run: ParseResult } | { readonly ok: false; readonly message: string };

const compiled: Record<ExpressionPlace, Map<string, Compiled>> = { guard: new Map(), elsewhere: new Map() };

/**
 * Evaluates an expression. Compiles each text once, never throws, and gives plain JSON; the same text and data
 * give the same value in every process. `request` can be asked for if it is among the data.
 *
 * @example
 * evaluate('metadata.amount <= 500', { metadata: { amount: 20 }, results: {}, intent: {} }) // { ok: true, value: true }
 * evaluate('metadata.amont <= 500', { metadata: { amount: 20 }, results: {}, intent: {} })
 * // { ok: false, message: 'there is no `metadata.amont`' }
 */
export function evaluate(text: string, data: ExpressionData): Evaluation {
  const expression = compile(text, data.request === undefined ? 'elsewhere' : 'guard');
  if (!expression.ok) return expression;
  try {
    return plainValue(expression.run({ ...data }));
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

/** Reads an expression and finds the type of its value, `dyn` where that depends on the data. Never throws. */
export function checkExpression(text: string, place: ExpressionPlace): CheckedExpression {
  const expression = compile(text, place);
  if (!expression.ok) return expression;
  const { valid, type, error } = expression.run.check();
  return valid && type !== undefined ? { ok: true, type } : { ok: false, message: messageOf(error) };
}

function compile(text: string, place: ExpressionPlace): Compiled {
  const known = compiled[place];
  const found = known.get(text);
  if (found !== undefined) return found;
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= GRAPH_LIMITS.compiledExpressions) known.delete(oldest);
  const expression = compileAnew(text, place);
  known.set(text, expression);
  return expression;
}

function compileAnew(text: string, place: ExpressionPlace): Compiled {
  try {
    const run = environmentOf(place).parse(text);
    const refused = prepare(run.ast);
    return refused === undefined ? { ok: true, run } : { ok: false, message: refused };
  } catch (error) {
    return { ok: false, message: messageOf(error) };
  }
}

/** Puts our timestamps in the place of the library's, and finds what is not offered. */
function prepare(node: ASTNode): string | undefined {
  const waiting: unknown[] = [node];
  for (const part of waiting) {
    if (Array.isArray(part)) waiting.push(...(part as unknown[]));
    if (!isNode(part)) continue;
    waiting.push(part.args);
    if (part.op === 'call' && part.args[0] === 'timestamp') part.args[0] = TIMESTAMP_FUNCTION;
    // JavaScript's regular expressions can take hours for a short text, and nothing else would be decided meanwhile.
    if ((part.op === 'call' || part.op === 'rcall') && part.args[0] === 'matches') {
      return '`matches` is not available: use ==, startsWith, endsWith, contains or in';
    }
  }
  return undefined;
}

function isNode(part: unknown): part is ASTNode {
  return typeof part === 'object' && part !== null && 'op' in part && 'args' in part;
}

/** What the library says, without its picture of the place; a missing key by its whole path. */
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { code, summary, node } = error as Error & { code?: string; summary?: string; node?: ASTNode };
  if (code === 'no_such_key' && node?.op === '.') return `there is no \`${pathOf(node)}\``;
  if (code === 'no_such_key' && node !== undefined) {
    return `there is no \`${node.input.slice(node.range.start, node.range.end)}\``;
  }
  return (summary ?? error.message).replaceAll(TIMESTAMP_FUNCTION, 'timestamp');
}

function pathOf(node: ASTNode): string {
  if (node.op === 'id') return node.args;
  if (node.op === '.') return `${pathOf(node.args[0])}.${node.args[1]}`;
  return node.input.slice(node.range.start, node.range.end);
}
