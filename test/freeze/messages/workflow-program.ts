import { join } from 'node:path';

import ts from 'typescript';

import { CHECKOUT } from '../../../src/dev/checkout';

export const WORKFLOWS = join(CHECKOUT, 'src', 'workflows');

/** Files as they stand, parsed once a process: most are Temporal's and the language's own. */
const parsed = new Map<string, ts.SourceFile | undefined>();

/**
 * The workflow code as the compiler reads it.
 *
 * @param edited texts to read in the place of files, by path from the checkout
 */
export function workflowProgram(edited: Readonly<Record<string, string>>): ts.Program {
  const { config } = ts.readConfigFile(join(WORKFLOWS, 'tsconfig.json'), (path) => ts.sys.readFile(path)) as {
    config: unknown;
  };
  const { options, fileNames } = ts.parseJsonConfigFileContent(config, ts.sys, WORKFLOWS);
  const host = ts.createCompilerHost(options);
  const getSourceFile = host.getSourceFile.bind(host);
  const texts = new Map(Object.entries(edited).map(([path, text]) => [join(CHECKOUT, path), text]));
  host.getSourceFile = (path, version, ...rest) => {
    const text = texts.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, version);
    if (!parsed.has(path)) parsed.set(path, getSourceFile(path, version, ...rest));
    return parsed.get(path);
  };
  return ts.createProgram(fileNames, options, host);
}
