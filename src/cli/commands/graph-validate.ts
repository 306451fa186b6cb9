import type { Command } from 'commander';

import {
  allStates,
  checkGraph,
  formatGraphProblem,
  formatGraphReference,
  isGraphValidationError,
  type GraphProblem,
} from '../../graph';
import { readGraphFile } from '../../graph-file/read-graph-file';
import { EXIT, type Cli } from '../cli';
import { green, red, type Line } from '../painted';

interface Verdict {
  file: string;
  valid: boolean;
  /** `name@version` */
  graph?: string;
  states?: number;
  /** The file can't be read as a graph at all. */
  error?: string;
  problems: readonly GraphProblem[];
}

export function addGraphValidateCommand(parent: Command, cli: Cli): void {
  parent
    .command('validate')
    .description('Checks graph files, TypeScript or JSON, and prints every problem. Needs no server.')
    .argument('<file...>', 'graph files')
    .option('--json', 'print a JSON array with a verdict for each file')
    .addHelpText(
      'after',
      `
Exit codes: 0 all valid; 1 problems found; 2 wrong usage

Examples:
  intent graph validate examples/order/graph.ts
  intent graph validate --json graphs/*.json | jq '.[].problems'`,
    )
    .action(async (files: string[], { json }: { json?: boolean }) => {
      const verdicts: Verdict[] = [];
      for (const file of files) verdicts.push(await judge(file));
      if (json) cli.printJson(verdicts);
      else cli.printLines(verdicts.flatMap(lines));
      if (verdicts.some(({ valid }) => !valid)) cli.exitCode = EXIT.failed;
    });
}

async function judge(file: string): Promise<Verdict> {
  try {
    const checked = checkGraph(await readGraphFile(file));
    if (!checked.ok) return { file, valid: false, problems: checked.problems };
    const { graph } = checked;
    return {
      file,
      valid: true,
      graph: formatGraphReference(graph),
      states: allStates(graph).length,
      problems: [],
    };
  } catch (error) {
    // A module that calls `defineGraph` fails while it is loaded.
    if (isGraphValidationError(error)) return { file, valid: false, problems: error.problems };
    return { file, valid: false, error: (error as Error).message, problems: [] };
  }
}

function lines({ file, valid, graph, states, error, problems }: Verdict): Line[] {
  if (valid) return [[`${file}: `, green(`${graph} is valid`), `, ${states} states`]];
  if (error !== undefined) return [[red(error)]];
  return [
    [`${file}: `, red(`${problems.length} ${problems.length === 1 ? 'problem' : 'problems'}`)],
    ...problems.map((problem) => `  ${formatGraphProblem(problem)}`),
  ];
}
