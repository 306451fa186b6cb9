import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { runTypeScript } from '../dev/run-typescript';
import { makeTemporaryFolder } from '../../src/dev/machine/temporary-folder';
import { ACCEPTED } from './accepted';
import { releasedVersions } from './contract';
import { judgeMigration } from './judge-migration';
import { lintMigrations, refused } from './lint-migrations';
import { loadParser } from './statements';

beforeAll(loadParser);

const RELEASED = ['0.3.0', '0.4.0'];
const whatIn = (sql: string) => judgeMigration(sql, RELEASED).map(({ what }) => what);

describe('refuses', () => {
  test.each<[string, string]>([
    ['DROP TABLE intent_workflows;', 'drops the table intent_workflows'],
    ['DROP TABLE IF EXISTS public.intent_workflows CASCADE;', 'drops the table intent_workflows'],
    ['DROP TABLE intent_archive.rows;', 'drops the table intent_archive.rows'],
    ['DROP VIEW workflow_transition_audit_all;', 'drops the view workflow_transition_audit_all'],
    ['DROP INDEX idx_intent_workflows_state;', 'drops the index idx_intent_workflows_state'],
    ['DROP TYPE workflow_state;', 'drops the type workflow_state'],
    ['DROP SCHEMA intent_archive;', 'drops the schema intent_archive'],
    ['DROP FUNCTION intent_erase(uuid, text);', 'drops the function intent_erase'],
    [
      'DROP TRIGGER move_state ON workflow_transition_audit;',
      'drops the trigger workflow_transition_audit.move_state',
    ],
    ['DROP POLICY engine_reads ON intent_workflows;', 'drops the policy intent_workflows.engine_reads'],
    ['DROP ROLE intent_reader;', '(DropRoleStmt)'],
    ['DROP OWNED BY intent_reader;', '(DropOwnedStmt)'],
    ['ALTER TABLE intent_workflows DROP COLUMN title;', 'drops the column title of intent_workflows'],
    [
      'ALTER TABLE intent_workflows ALTER COLUMN title TYPE varchar(9);',
      'changes the type of the column title',
    ],
    ['ALTER TABLE intent_workflows ALTER title SET NOT NULL;', 'demands a value in the column title'],
    [
      'ALTER TABLE intent_workflows ALTER metadata DROP DEFAULT;',
      'takes the default from the column metadata',
    ],
    ['ALTER TABLE intent_workflows ADD COLUMN a text NOT NULL;', 'demands a value in the column a'],
    [
      'ALTER TABLE intent_workflows ADD COLUMN a uuid DEFAULT gen_random_uuid();',
      'gives each row another value',
    ],
    ['ALTER TABLE intent_workflows ADD COLUMN a bigserial;', 'gives each row another value'],
    [
      'ALTER TABLE intent_workflows ADD COLUMN a int GENERATED ALWAYS AS IDENTITY;',
      'gives each row another value',
    ],
    [
      'ALTER TABLE intent_workflows ADD COLUMN a int GENERATED ALWAYS AS (sequence * 2) STORED;',
      'gives each row another value',
    ],
    ['ALTER TABLE intent_workflows ADD COLUMN a text UNIQUE;', 'for a constraint of the column a'],
    ['ALTER TABLE intent_workflows ADD COLUMN a int CHECK (a > 0);', 'for a constraint of the column a'],
    ['ALTER TABLE intent_workflows ADD CONSTRAINT c CHECK (sequence > 0);', 'for the constraint c'],
    [
      'ALTER TABLE intent_workflows ADD CONSTRAINT c FOREIGN KEY (parent_id) REFERENCES intent_workflows (id);',
      'for the constraint c',
    ],
    ['ALTER TABLE intent_workflows ADD CONSTRAINT c UNIQUE (title);', 'builds the index of c'],
    [
      'ALTER TABLE intent_workflows DROP CONSTRAINT intent_workflows_pkey;',
      'drops the constraint intent_workflows_pkey',
    ],
    ['ALTER TABLE intent_workflows DISABLE TRIGGER check_move;', '(AT_DisableTrig)'],
    ['ALTER TABLE intent_workflows DISABLE ROW LEVEL SECURITY;', '(AT_DisableRowSecurity)'],
    ['ALTER TABLE intent_workflows SET SCHEMA old;', '(AlterObjectSchemaStmt)'],
    ['ALTER TABLE intent_workflows OWNER TO intent_reader;', '(AT_ChangeOwner)'],
    [
      'ALTER TABLE intent_workflows RENAME TO intents;',
      'gives intent_workflows, or a part of it, the name intents',
    ],
    ['ALTER TABLE intent_workflows RENAME COLUMN title TO name;', 'the name name'],
    ['ALTER FUNCTION intent_erase(uuid, text) RENAME TO intent_forget;', 'gives intent_erase'],
    [`ALTER TYPE workflow_state RENAME VALUE 'CREATED' TO 'NEW';`, 'renames the value CREATED'],
    ['DELETE FROM intent_webhooks WHERE id IS NULL;', 'deletes rows of intent_webhooks'],
    [
      'WITH gone AS (DELETE FROM intent_webhooks RETURNING *) SELECT count(*) FROM gone;',
      'deletes rows of intent_webhooks',
    ],
    ['TRUNCATE intent_events, intent_event_outbox;', 'empties intent_events, intent_event_outbox'],
    ['CREATE INDEX i ON intent_workflows (title);', 'builds the index i on intent_workflows'],
    [
      'CREATE UNIQUE INDEX IF NOT EXISTS i ON intent_workflows (title);',
      'makes the index i on intent_workflows unique',
    ],
    [
      'REVOKE SELECT ON intent_workflows FROM intent_engine;',
      'takes privileges on intent_workflows from intent_engine',
    ],
    [
      'REVOKE EXECUTE ON FUNCTION intent_erase(uuid, text) FROM intent_engine;',
      'takes privileges on intent_erase',
    ],
    ['DO $$ BEGIN DELETE FROM intent_events; END $$;', 'deletes rows of intent_events'],
    [`DO $$ BEGIN IF true THEN EXECUTE 'DROP ' || 'TABLE a'; END IF; END $$;`, 'made at run time'],
    ['VACUUM intent_workflows;', '(VacuumStmt)'],
  ])('%s', (sql, what) => {
    expect(whatIn(sql)).toEqual([expect.stringContaining(what)]);
    // A release that says that nobody uses it any more may do it.
    expect(whatIn(`-- contract: nobody reads it; unused since 0.4.0\n${sql}`)).toEqual([]);
  });

  test.each<[string, string, string]>([
    ['what no migration can do', 'CREATE INDEX CONCURRENTLY i ON intent_workflows (title);', 'CONCURRENTLY'],
    ['a transaction in a transaction', 'BEGIN; SELECT 1; COMMIT;', 'begins or ends a transaction'],
    ['what is no SQL', 'ALTER TABEL intent_workflows;', 'is no SQL: syntax error'],
  ])('%s, contract or not', (_what, sql, what) => {
    for (const text of [sql, `-- contract: nobody reads it; unused since 0.4.0\n${sql}`]) {
      expect(whatIn(text)).toContainEqual(expect.stringContaining(what));
    }
  });

  test('a function that is made anew with other arguments, but not one that still takes the same', () => {
    const drop = 'DROP FUNCTION intent_erase(uuid, text);';
    const made = (args: string) =>
      `CREATE FUNCTION intent_erase(${args}) RETURNS boolean LANGUAGE sql AS 'SELECT true';`;
    expect(whatIn(`${drop} ${made('uuid')}`)).toEqual([
      expect.stringContaining('calls of the release before fail'),
    ]);
    expect(whatIn(`${drop} ${made('uuid, text, integer')}`)).toHaveLength(1);
    expect(whatIn(`${drop} ${made('uuid, integer')}`)).toHaveLength(1);
    expect(whatIn(`${drop} ${made('p_id uuid, p_reason text, p_by text DEFAULT NULL')}`)).toEqual([]);
    expect(whatIn(`${made('uuid, text')} ${drop}`)).toEqual([]);
  });

  test('VALIDATE CONSTRAINT beside what adds it, and takes it in a file of its own', () => {
    const validate = 'ALTER TABLE intent_workflows VALIDATE CONSTRAINT c;';
    const add = 'ALTER TABLE intent_workflows ADD CONSTRAINT c CHECK (sequence > 0) NOT VALID;';
    expect(whatIn(`${add} ${validate}`)).toEqual([
      expect.stringContaining('while its lock is held from adding c'),
    ]);
    expect(whatIn(add)).toEqual([]);
    expect(whatIn(validate)).toEqual([]);
  });
});

test.each([
  'CREATE TABLE t (id bigserial PRIMARY KEY, a text NOT NULL UNIQUE CHECK (a <> $$x$$));',
  // What the file made itself it may do anything with.
  'CREATE TABLE t (a int, b int); CREATE UNIQUE INDEX ON t (a); ALTER TABLE t ADD CHECK (a > 0), DROP COLUMN b; DELETE FROM t;',
  'CREATE TABLE t (a int); REVOKE ALL ON t FROM PUBLIC; DROP TABLE t;',
  'ALTER TABLE intent_workflows ADD COLUMN a text;',
  'ALTER TABLE intent_workflows ADD COLUMN a integer NOT NULL DEFAULT 0, ADD COLUMN b timestamptz NOT NULL DEFAULT now();',
  'ALTER TABLE intent_workflows ADD COLUMN a text; CREATE UNIQUE INDEX IF NOT EXISTS i ON intent_workflows (a);',
  'ALTER TABLE intent_workflows ADD COLUMN a int; ALTER TABLE intent_workflows ALTER a SET DEFAULT 7;',
  'ALTER TABLE intent_workflows ALTER title DROP NOT NULL, ALTER title SET STATISTICS 0;',
  'ALTER TABLE intent_workflows ADD CONSTRAINT c NOT NULL title NOT VALID;',
  'ALTER TABLE intent_workflows ADD CONSTRAINT c UNIQUE USING INDEX i;',
  'ALTER TABLE t DROP CONSTRAINT kinds; ALTER TABLE t ADD CONSTRAINT kinds CHECK (k IN (1, 2, 3)) NOT VALID;',
  'CREATE INDEX IF NOT EXISTS i ON intent_workflows (title);',
  `CREATE OR REPLACE FUNCTION f() RETURNS void LANGUAGE plpgsql AS 'BEGIN DELETE FROM t; END';`,
  'DROP TRIGGER x ON t; CREATE TRIGGER x BEFORE INSERT ON t FOR EACH ROW EXECUTE FUNCTION f();',
  'DROP VIEW v; CREATE VIEW v AS SELECT 1 AS a;',
  'CREATE OR REPLACE VIEW v AS SELECT 1 AS a;',
  'GRANT SELECT ON intent_workflows TO intent_reader; SELECT intent_close_privileges();',
  'UPDATE intent_webhooks SET name = url WHERE name IS NULL;',
  `DO $$ BEGIN IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'r') THEN CREATE ROLE r; END IF; END $$;`,
])('takes %s', (sql) => {
  expect(whatIn(sql)).toEqual([]);
});

test('names file, line, statement and what to do, also below letters of several bytes', async () => {
  const folder = await makeTemporaryFolder();
  try {
    await writeFile(
      join(folder.path, '000001_next.sql'),
      '-- Größe → ▲\nCREATE TABLE t (a int);\n\n-- more\nALTER TABLE intent_workflows\n  DROP COLUMN title;\n',
    );
    const [file] = await lintMigrations(folder.path);
    expect(file?.problems).toEqual([
      {
        line: 5,
        statement: 'ALTER TABLE intent_workflows DROP COLUMN title',
        what: 'drops the column title of intent_workflows, which the release before may read or write',
        fix: expect.stringContaining('-- contract: REASON; unused since RELEASE') as string,
        excusable: true,
      },
    ]);
    const run = runTypeScript('test/migration-lint/main.ts', [folder.path]);
    expect(await run.ended).toBe(1);
    expect(run.lines[0]).toContain('000001_next.sql:5: drops the column title of intent_workflows');
  } finally {
    folder.remove();
  }
});

describe('a contract', () => {
  const sql = 'DROP TABLE old;';
  test.each<[string, string]>([
    ['-- contract: it is old', '"contract: it is old" is not of the form'],
    ['-- contract: ; unused since 0.4.0', 'is not of the form'],
    ['-- contract: it is old; unused since 0.5.0', '0.5.0 has not been released'],
  ])('%s is none', (head, why) => {
    expect(whatIn(`${head}\n${sql}`)).toEqual([
      expect.stringContaining(why),
      expect.stringContaining('drops the table old'),
    ]);
  });

  test('stands in the head, not below a statement', () => {
    expect(whatIn(`SELECT 1;\n-- contract: it is old; unused since 0.4.0\n${sql}`)).toHaveLength(1);
    expect(whatIn(`-- What it does.\n-- contract: it is old; unused since 0.4.0\n\n${sql}`)).toEqual([]);
  });

  test('knows the releases by the headings of the changelog', () => {
    expect(
      releasedVersions('# C\n\n## [Unreleased]\n\n## [0.4.0] - 2026-01-01\n\n### Added\n\n## [0.3.0-rc.1]\n'),
    ).toEqual(['0.4.0', '0.3.0-rc.1']);
  });
});

test('none of the migrations is refused, and each that is accepted would be', async () => {
  const files = await lintMigrations();
  expect(refused(files)).toEqual([]);
  const needed = files.filter(({ problems }) => problems.length > 0).map(({ accepted }) => accepted);
  expect(needed.toSorted()).toEqual(Object.values(ACCEPTED).toSorted());
});
