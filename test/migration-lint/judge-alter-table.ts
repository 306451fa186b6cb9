import type { AlterTableCmd, AlterTableStmt, ColumnDef, Constraint, Node } from 'libpg-query';

import type { Additions } from './additions';
import { namesOf, relationName } from './names';
import type { Objection } from './problem';

/** What neither takes anything from the release before, nor holds a table for as long as it is large. */
const HARMLESS = [
  'AT_DropNotNull',
  'AT_SetStatistics',
  'AT_SetOptions',
  'AT_ResetOptions',
  'AT_SetStorage',
  'AT_SetCompression',
  'AT_SetRelOptions',
  'AT_ResetRelOptions',
  'AT_EnableTrig',
  'AT_EnableAlwaysTrig',
  'AT_EnableRowSecurity',
  'AT_AttachPartition',
];

/** What an ALTER TABLE does to a table that the release before uses. Pure. */
export function judgeAlterTable(
  { relation, cmds = [], objtype }: AlterTableStmt,
  before: Additions,
  after: Additions,
): Objection[] {
  const name = relationName(relation);
  if (before.objects.has(`${kindOf(objtype)} ${name}`)) return [];
  return cmds.flatMap((cmd) =>
    'AlterTableCmd' in cmd ? judgeCommand(name, cmd.AlterTableCmd, before, after) : [],
  );
}

function kindOf(objtype = 'OBJECT_TABLE'): string {
  return objtype.replace('OBJECT_', '').toLowerCase();
}

function judgeCommand(table: string, cmd: AlterTableCmd, before: Additions, after: Additions): Objection[] {
  const { subtype = '', name = '', def } = cmd;
  const column = `the column ${name} of ${table}`;
  const isNew = before.columns.has(`${table}.${name}`);
  if (HARMLESS.includes(subtype)) return [];
  switch (subtype) {
    case 'AT_AddColumn':
      return def && 'ColumnDef' in def ? judgeNewColumn(table, def.ColumnDef) : [];
    case 'AT_AddConstraint':
      return def && 'Constraint' in def ? judgeNewConstraint(table, def.Constraint) : [];
    case 'AT_ColumnDefault':
      if (def !== undefined || isNew) return [];
      return [
        { what: `takes the default from ${column}: the release before may leave it out`, fix: CONTRACT },
      ];
    case 'AT_DropColumn':
      if (isNew) return [];
      return [{ what: `drops ${column}, which the release before may read or write`, fix: CONTRACT }];
    case 'AT_AlterColumnType':
      return [{ what: `changes the type of ${column}, and writes the whole table anew`, fix: OTHER_COLUMN }];
    case 'AT_SetNotNull':
      return [{ what: `demands a value in ${column}: the release before may write none`, fix: DEMAND_LATER }];
    case 'AT_ValidateConstraint':
      if (!before.constraints.has(`${table}.${name}`)) return [];
      return [
        { what: `reads all of ${table} while its lock is held from adding ${name}`, fix: VALIDATE_LATER },
      ];
    case 'AT_DropConstraint':
      if (after.constraints.has(`${table}.${name}`) || before.constraints.has(`${table}.${name}`)) return [];
      return [{ what: `drops the constraint ${name} of ${table}: ON CONFLICT may name it`, fix: CONTRACT }];
    default:
      return [
        { what: `does to ${table} what this lint does not know to be safe (${subtype})`, fix: CONTRACT },
      ];
  }
}

function judgeNewColumn(table: string, { colname = '', constraints = [], typeName }: ColumnDef): Objection[] {
  const column = `the column ${colname} of ${table}`;
  const given = constraints.flatMap((each) => ('Constraint' in each ? [each.Constraint] : []));
  const ofType = (...types: string[]) => given.find(({ contype }) => types.includes(contype ?? ''));
  const byDefault = ofType('CONSTR_DEFAULT');
  const serial = /^(big|small)?serial[248]?$/.test(namesOf(typeName?.names));
  const objections: Objection[] = [];
  if (ofType('CONSTR_NOTNULL') && !byDefault && !serial && !ofType('CONSTR_IDENTITY', 'CONSTR_GENERATED')) {
    objections.push({
      what: `demands a value in ${column}, of which the release before knows nothing`,
      fix: 'Give it a DEFAULT, or let it be null.',
    });
  }
  const stored = given.some(
    ({ contype, generated_kind }) =>
      contype === 'CONSTR_IDENTITY' || (contype === 'CONSTR_GENERATED' && generated_kind !== 'v'),
  );
  if (stored || serial || (byDefault && callsFunction(byDefault.raw_expr))) {
    objections.push({
      what: `gives each row another value in ${column}, and writes the whole table anew`,
      fix: 'Add it without a default, then set the default: that is for new rows alone. Fill in the old ones in batches.',
    });
  }
  if (ofType('CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_EXCLUSION', 'CONSTR_CHECK')) {
    objections.push({
      what: `reads all of ${table} for a constraint of ${column}, while nobody may write to it`,
      fix: 'Add the column first, then the constraint: a CHECK with NOT VALID, a UNIQUE by an index that is there.',
    });
  }
  return objections;
}

/** The time of the statement is the same for all rows, so Postgres stores it once. */
const ONE_VALUE = ['now', 'transaction_timestamp', 'statement_timestamp', 'current_setting'];

function callsFunction(expression: Node | undefined): boolean {
  return callsIn(expression).some((name) => !ONE_VALUE.includes(name));
}

function callsIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === 'FuncCall'
      ? [namesOf((inner as { funcname?: Node[] }).funcname), ...callsIn(inner)]
      : callsIn(inner),
  );
}

function judgeNewConstraint(
  table: string,
  { contype, conname = '(without a name)', skip_validation, indexname }: Constraint,
): Objection[] {
  if (['CONSTR_UNIQUE', 'CONSTR_PRIMARY', 'CONSTR_EXCLUSION'].includes(contype ?? '')) {
    if (indexname !== undefined) return [];
    return [
      { what: `builds the index of ${conname} on ${table}, while nobody may write to it`, fix: BY_INDEX },
    ];
  }
  if (skip_validation) return [];
  return [
    {
      what: `reads all of ${table} for the constraint ${conname}, while nobody may write to it`,
      fix: NOT_VALID,
    },
  ];
}

const CONTRACT =
  'Leave it as it is now. Do this in a release after the one that stopped using it, in a file whose head says so: -- contract: REASON; unused since RELEASE';
const OTHER_COLUMN =
  'Add another column of that type, write to both, and drop the old one in a later release.';
const DEMAND_LATER =
  'Once every release in use writes it: ADD CONSTRAINT … NOT NULL … NOT VALID, and VALIDATE CONSTRAINT in the next migration.';
const VALIDATE_LATER =
  'Put VALIDATE CONSTRAINT into a migration of its own: that one locks out no reader and no writer.';
const BY_INDEX = 'Make the unique index by itself first, then ADD CONSTRAINT … USING INDEX …';
const NOT_VALID = 'Say NOT VALID, and VALIDATE CONSTRAINT in the next migration.';
