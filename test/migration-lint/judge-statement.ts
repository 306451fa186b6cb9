import type { GrantStmt, IndexStmt, Node } from 'libpg-query';

import type { Additions } from './additions';
import { judgeAlterTable } from './judge-alter-table';
import { judgeDrop } from './judge-drop';
import { nameOf, relationName } from './names';
import type { Objection } from './problem';

/** What only adds, or what no release notices. A function or view may be replaced: what it answers is for its author to keep. */
const HARMLESS = [
  'CreateStmt',
  'CreateTableAsStmt',
  'CreateFunctionStmt',
  'ViewStmt',
  'CreateTrigStmt',
  'CreatePolicyStmt',
  'CreateEnumStmt',
  'CompositeTypeStmt',
  'CreateDomainStmt',
  'CreateSchemaStmt',
  'CreateSeqStmt',
  'CreateRoleStmt',
  'CreateStatsStmt',
  'GrantRoleStmt',
  'CommentStmt',
  'SelectStmt',
  'InsertStmt',
  'UpdateStmt',
  // Judged before by the tables whose rows go.
  'DeleteStmt',
  'TruncateStmt',
  'VariableSetStmt',
];

/**
 * Why a statement must not run while the release before is in use; none where it only adds. What it does not know, it refuses.
 * Pure.
 *
 * @param before what the file has added up to here
 * @param after what it adds from here on
 */
export function judgeStatement(node: Node, before: Additions, after: Additions): Objection[] {
  const [kind = ''] = Object.keys(node);
  if ('DropStmt' in node) return judgeDrop(node.DropStmt, before, after);
  if ('AlterTableStmt' in node) return judgeAlterTable(node.AlterTableStmt, before, after);
  if ('IndexStmt' in node) return judgeIndex(node.IndexStmt, before);
  if ('GrantStmt' in node) return judgeGrant(node.GrantStmt, before);
  if ('RenameStmt' in node) {
    const { relation, object, newname = '' } = node.RenameStmt;
    const of = relation ? relationName(relation) : nameOf(object);
    if (before.objects.has(`table ${of}`)) return [];
    return [
      {
        what: `gives ${of}, or a part of it, the name ${newname}: the release before asks for the old one`,
        fix: BESIDE,
      },
    ];
  }
  if ('AlterEnumStmt' in node) {
    if (node.AlterEnumStmt.oldVal === undefined) return [];
    return [
      {
        what: `renames the value ${node.AlterEnumStmt.oldVal}, which the release before may write`,
        fix: BESIDE,
      },
    ];
  }
  if ('TransactionStmt' in node) {
    return [
      {
        what: 'begins or ends a transaction',
        fix: 'Leave it out: each migration is one transaction.',
        never: true,
      },
    ];
  }
  const removed = removedFrom(node, before);
  if (removed.length > 0) return removed;
  if (HARMLESS.includes(kind)) return [];
  return [{ what: `is of a kind that this lint does not know to be safe (${kind})`, fix: UNKNOWN }];
}

/** Rows that go, also by a DELETE in a WITH. What a function does, it does when it is called. */
function removedFrom(node: Node, before: Additions): Objection[] {
  if ('CreateFunctionStmt' in node) return [];
  return within(node).flatMap(([kind, relations]) => {
    const tables = relations.filter((table) => !before.objects.has(`table ${table}`));
    return tables.length === 0 ? [] : [{ what: `${kind} ${tables.join(', ')}`, fix: KEEP_ROWS }];
  });
}

function within(value: unknown): [string, string[]][] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value as Node).flatMap(([key, inner]): [string, string[]][] => {
    if (key === 'DeleteStmt')
      return [['deletes rows of', [relationName((inner as { relation?: never }).relation)]]];
    if (key === 'TruncateStmt')
      return [['empties', ((inner as { relations?: Node[] }).relations ?? []).map(nameOf)]];
    return within(inner);
  });
}

function judgeIndex(
  { relation, idxname, if_not_exists, unique, concurrent, indexParams = [] }: IndexStmt,
  before: Additions,
): Objection[] {
  const table = relationName(relation);
  const index = `the index ${idxname ?? '(without a name)'} on ${table}`;
  if (concurrent) {
    return [
      {
        what: `builds ${index} CONCURRENTLY, which Postgres refuses in a transaction`,
        fix: BY_HAND,
        never: true,
      },
    ];
  }
  if (before.objects.has(`table ${table}`)) return [];
  const columns = indexParams.flatMap((each) => ('IndexElem' in each ? [each.IndexElem.name] : []));
  if (unique && !columns.some((column) => before.columns.has(`${table}.${column}`))) {
    return [{ what: `makes ${index} unique: what the release before writes may be refused`, fix: UNIQUE }];
  }
  if (if_not_exists) return [];
  return [{ what: `builds ${index}, while nobody may write to it`, fix: BY_HAND }];
}

function judgeGrant({ is_grant, objects = [], grantees = [] }: GrantStmt, before: Additions): Objection[] {
  if (is_grant) return [];
  const names = objects.map(nameOf);
  const isNew = (name: string) =>
    [...before.objects].some((object) => object.endsWith(` ${name}`)) ||
    before.functions.some((made) => made.name === name);
  if (names.length > 0 && names.every(isNew)) return [];
  const from = grantees
    .map((each) => ('RoleSpec' in each ? (each.RoleSpec.rolename ?? 'everybody') : ''))
    .join(', ');
  return [
    {
      what: `takes privileges on ${names.join(', ') || 'objects'} from ${from}: the release before may need them`,
      fix: UNKNOWN,
    },
  ];
}

const BESIDE =
  'Add the new one beside the old, use both, and drop the old one in a release after the one that stopped using it.';
const UNKNOWN =
  'Find a form that only adds; or do it in a release after the one that stopped needing this, in a file whose head says so: -- contract: REASON; unused since RELEASE';
const KEEP_ROWS =
  'Keep them now. Remove them in a release after the one that stopped reading them, in a file whose head says so: -- contract: REASON; unused since RELEASE';
const BY_HAND =
  'Say CREATE INDEX IF NOT EXISTS here, and have it built before, where the table is large: CREATE INDEX CONCURRENTLY, of the same name, by hand.';
const UNIQUE =
  'Make it in a release after the one from which on no duplicates are written, in a file whose head says so: -- contract: REASON; unused since RELEASE';
