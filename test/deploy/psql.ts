import { readFileSync } from 'node:fs';

import { Client } from 'pg';

/**
 * Runs a file for `psql`, by the driver: its statements, `\getenv` and `\gexec`, and variables in single quotes. Not
 * every machine has psql; the compose file runs it in the image of Postgres.
 *
 * @param env what `\getenv` reads
 */
export async function runPsqlFile(
  superuserUrl: string,
  file: string,
  env: Record<string, string>,
): Promise<void> {
  const variables: Record<string, string> = {};
  const client = new Client({ connectionString: superuserUrl });
  await client.connect();
  try {
    for (const statement of statementsOf(readFileSync(file, 'utf8'))) {
      const [, variable = '', name = ''] = /^\\getenv (\w+) (\w+)$/.exec(statement) ?? [];
      if (variable) {
        const value = env[name];
        if (value === undefined) throw new Error(`${file}: ${name} is not set`);
        variables[variable] = value;
        continue;
      }
      const [, sql = '', gexec] = /^(.*?)\s*(\\gexec|;)$/s.exec(statement) ?? [];
      const filled = sql.replaceAll(/:'(\w+)'/g, (_, variableName: string) =>
        client.escapeLiteral(variables[variableName] ?? ''),
      );
      const { rows } = await client.query<Record<string, string>>(filled);
      if (gexec !== '\\gexec') continue;
      for (const row of rows) for (const generated of Object.values(row)) await client.query(generated);
    }
  } finally {
    await client.end();
  }
}

function statementsOf(text: string): string[] {
  const code = text.replaceAll(/--.*$/gm, '');
  return (code.match(/\\getenv .*$|[^\\\s][^;\\]*(?:;|\\gexec)/gm) ?? []).map((statement) =>
    statement.trim(),
  );
}
