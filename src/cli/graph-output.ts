import { writeFile } from 'node:fs/promises';

import { Option, type Command } from 'commander';

import type { Picture } from '../graph-pictures/picture';
import { toMermaid } from '../graph-pictures/to-mermaid';
import { toSvg } from '../graph-pictures/to-svg';
import { CommandError, UsageError, type Cli } from './cli';

const FORMATS = ['text', 'mermaid', 'svg', 'json'] as const;

export interface GraphOutputOptions {
  format?: (typeof FORMATS)[number];
  json?: boolean;
  output?: string;
}

/** One graph, or a difference, in every form that it can be given in. */
export interface GraphOutput {
  text: readonly string[];
  picture: Picture;
  json: unknown;
}

/** The options of commands that print a graph as text or picture. */
export function addGraphOutputOptions(command: Command): Command {
  return command
    .addOption(new Option('--format <format>', 'how to print it (default: text)').choices(FORMATS))
    .option('--json', 'the same as --format json')
    .option('--output <file>', 'write it there instead of printing it');
}

/** @throws UsageError when two formats are asked for */
export function formatOf({ format, json }: GraphOutputOptions): (typeof FORMATS)[number] {
  if (json && format !== undefined && format !== 'json') {
    throw new UsageError(`--json: is --format json, and --format ${format} asks for another`);
  }
  return json ? 'json' : (format ?? 'text');
}

/** Prints it, or writes it to the file that was asked for. */
export async function printGraph(cli: Cli, options: GraphOutputOptions, output: GraphOutput): Promise<void> {
  const format = formatOf(options);
  if (options.output === undefined && format === 'text') return cli.printLines(output.text);
  if (options.output === undefined && format === 'json') return cli.printJson(output.json);
  const text = (await rendered(format, output)).trimEnd();
  if (options.output === undefined) return cli.printFile(text);
  await writeFile(options.output, `${text}\n`).catch((error: Error) => {
    throw new CommandError(`--output: ${options.output} can't be written (${error.message})`);
  });
  cli.note(`Wrote ${options.output}`);
}

async function rendered(
  format: (typeof FORMATS)[number],
  { text, picture, json }: GraphOutput,
): Promise<string> {
  if (format === 'svg') return toSvg(picture);
  if (format === 'mermaid') return toMermaid(picture);
  return format === 'json' ? JSON.stringify(json, null, 2) : text.join('\n');
}
