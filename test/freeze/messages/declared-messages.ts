import { basename, dirname } from 'node:path';

import ts from 'typescript';

import type { Message, MessagePart } from './message';
import { schemaOfType } from './schema-of-type';
import { WORKFLOWS, workflowProgram } from './workflow-program';

/** Its exported functions are the workflow types. */
const ENTRY = 'index.ts';
/** What Temporal's SDK calls a message: the arguments come from others, the answer goes to them. */
const DEFINITIONS: Readonly<Record<string, { kind: string; answer?: number; arguments: number }>> = {
  SignalDefinition: { kind: 'signal', arguments: 0 },
  QueryDefinition: { kind: 'query', answer: 0, arguments: 1 },
  UpdateDefinition: { kind: 'update', answer: 0, arguments: 1 },
};

/**
 * What travels to and from workflows as the code in `src/workflows` declares it, found by its form, so that a new message
 * needs no line here: signals, queries and Updates that are exported constants; workflow types, which `index.ts`
 * exports; activities, which are the methods of exported interfaces named `…Activities`; sinks, of exported interfaces
 * that extend `Sinks`.
 *
 * @param edited texts to read in the place of files, by path from the checkout, for tests
 */
export function declaredMessages(edited: Readonly<Record<string, string>> = {}): Message[] {
  const program = workflowProgram(edited);
  const checker = program.getTypeChecker();
  const messages: Message[] = [];
  for (const file of program.getSourceFiles()) {
    const module = dirname(file.fileName) === WORKFLOWS ? checker.getSymbolAtLocation(file) : undefined;
    if (module === undefined) continue;
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      if (basename(file.fileName) === ENTRY) messages.push(...workflowTypes(symbol, checker));
      // The entry only passes on what another file declares.
      else messages.push(...definitions(symbol, checker), ...interfaces(symbol, checker));
    }
  }
  return messages;
}

function* workflowTypes(symbol: ts.Symbol, checker: ts.TypeChecker): Generator<Message> {
  const [signature] = checker.getTypeOfSymbol(symbol).getCallSignatures();
  if (signature === undefined) return;
  const what = `workflow ${symbol.name}`;
  yield {
    name: what,
    parts: {
      // Whoever starts a workflow gives one argument; a further one is what a run hands to the next, of any version.
      ...argumentsOf(signature, checker, what, (index) => (index === 0 ? 'read' : 'exchanged')),
      ...answerOf(signature.getReturnType(), checker, what, 'written'),
    },
  };
}

function* definitions(symbol: ts.Symbol, checker: ts.TypeChecker): Generator<Message> {
  const { valueDeclaration: declaration } = symbol;
  if (declaration === undefined || !ts.isVariableDeclaration(declaration)) return;
  const type = checker.getTypeOfSymbol(symbol);
  const definition = DEFINITIONS[type.getSymbol()?.name ?? ''];
  if (definition === undefined) return;
  const what = `${definition.kind} ${nameGiven(declaration, checker)}`;
  const typeArguments = checker.getTypeArguments(type as ts.TypeReference);
  const given = typeArguments[definition.arguments];
  const answer = definition.answer === undefined ? undefined : typeArguments[definition.answer];
  const parts: Record<string, MessagePart> = {};
  const { minLength = 0 } = (given as ts.TupleTypeReference | undefined)?.target ?? {};
  for (const [index, argument] of checker.getTypeArguments(given as ts.TypeReference).entries()) {
    const schema = schemaOfType(argument, checker, `${what}, argument ${index + 1}`);
    parts[`argument ${index + 1}`] = { direction: 'read', required: index < minLength, schema };
  }
  yield {
    name: what,
    parts: { ...parts, ...(answer !== undefined && answerOf(answer, checker, what, 'written')) },
  };
}

/** `defineSignal('requestTransition')`, by a literal or by a constant. */
function nameGiven(declaration: ts.VariableDeclaration, checker: ts.TypeChecker): string {
  const { initializer } = declaration;
  const argument = initializer && ts.isCallExpression(initializer) ? initializer.arguments[0] : undefined;
  const type = argument && checker.getTypeAtLocation(argument);
  if (type?.isStringLiteral()) return type.value;
  throw new Error(`${declaration.name.getText()}: define the message with a name that is a constant.`);
}

function* interfaces(symbol: ts.Symbol, checker: ts.TypeChecker): Generator<Message> {
  if (!(symbol.flags & ts.SymbolFlags.Interface)) return;
  const type = checker.getDeclaredTypeOfSymbol(symbol);
  if (symbol.name.endsWith('Activities')) {
    for (const activity of checker.getPropertiesOfType(type)) {
      const [signature] = checker.getTypeOfSymbol(activity).getCallSignatures();
      if (signature === undefined) continue;
      const what = `activity ${activity.name}`;
      // A request may be older or newer than the worker that takes it, and so may the result.
      const given = argumentsOf(signature, checker, what, () => 'exchanged');
      yield {
        name: what,
        parts: { ...given, ...answerOf(signature.getReturnType(), checker, what, 'exchanged') },
      };
    }
  }
  if (!(type.getBaseTypes() ?? []).some((base) => (base.aliasSymbol ?? base.getSymbol())?.name === 'Sinks'))
    return;
  for (const sink of checker.getPropertiesOfType(type)) {
    for (const call of checker.getPropertiesOfType(checker.getTypeOfSymbol(sink))) {
      const [signature] = checker.getTypeOfSymbol(call).getCallSignatures();
      if (signature === undefined) continue;
      const what = `sink ${sink.name}.${call.name}`;
      yield { name: what, parts: argumentsOf(signature, checker, what, () => 'written') };
    }
  }
}

function argumentsOf(
  signature: ts.Signature,
  checker: ts.TypeChecker,
  what: string,
  direction: (index: number) => MessagePart['direction'],
): Record<string, MessagePart> {
  return Object.fromEntries(
    signature.getParameters().map((parameter, index): [string, MessagePart] => {
      const name = `argument ${index + 1}`;
      const declaration = parameter.valueDeclaration as ts.ParameterDeclaration;
      return [
        name,
        {
          direction: direction(index),
          required: !checker.isOptionalParameter(declaration),
          schema: schemaOfType(checker.getTypeOfSymbol(parameter), checker, `${what}, ${name}`),
        },
      ];
    }),
  );
}

function answerOf(
  type: ts.Type,
  checker: ts.TypeChecker,
  what: string,
  direction: MessagePart['direction'],
): Record<string, MessagePart> {
  const answer = checker.getAwaitedType(type) ?? type;
  if (answer.flags & (ts.TypeFlags.Void | ts.TypeFlags.Undefined)) return {};
  return { answer: { direction, required: true, schema: schemaOfType(answer, checker, `${what}, answer`) } };
}
