import type { CreateFunctionStmt, Node } from 'libpg-query';

import { namesOf, relationName, typeName } from './names';

/** A function that a file makes: what it takes, and how much of it must be given. */
interface NewFunction {
  readonly name: string;
  readonly takes: readonly string[];
  readonly required: number;
}

/** What a file itself adds: no release uses it yet, so it may do with it as it likes. */
export interface Additions {
  /** `table x`, `view x`, `type x`, `index x`, `trigger x.table`, … of all that is created. */
  readonly objects: ReadonlySet<string>;
  readonly functions: readonly NewFunction[];
  /** `table.column` */
  readonly columns: ReadonlySet<string>;
  /** `table.constraint` */
  readonly constraints: ReadonlySet<string>;
}

/** What these statements add. Pure. */
export function additionsOf(nodes: readonly Node[]): Additions {
  const objects = new Set<string>();
  const columns = new Set<string>();
  const constraints = new Set<string>();
  const functions: NewFunction[] = [];
  for (const node of nodes) {
    if ('CreateStmt' in node) objects.add(`table ${relationName(node.CreateStmt.relation)}`);
    else if ('CreateTableAsStmt' in node)
      objects.add(`table ${relationName(node.CreateTableAsStmt.into?.rel)}`);
    else if ('ViewStmt' in node) objects.add(`view ${relationName(node.ViewStmt.view)}`);
    else if ('IndexStmt' in node) objects.add(`index ${node.IndexStmt.idxname ?? ''}`);
    else if ('CreateSeqStmt' in node) objects.add(`sequence ${relationName(node.CreateSeqStmt.sequence)}`);
    else if ('CreateSchemaStmt' in node) objects.add(`schema ${node.CreateSchemaStmt.schemaname ?? ''}`);
    else if ('CreateEnumStmt' in node) objects.add(`type ${namesOf(node.CreateEnumStmt.typeName)}`);
    else if ('CompositeTypeStmt' in node) objects.add(`type ${relationName(node.CompositeTypeStmt.typevar)}`);
    else if ('CreateDomainStmt' in node) objects.add(`domain ${namesOf(node.CreateDomainStmt.domainname)}`);
    else if ('CreateTrigStmt' in node) {
      const { relation, trigname = '' } = node.CreateTrigStmt;
      objects.add(`trigger ${relationName(relation)}.${trigname}`);
    } else if ('CreatePolicyStmt' in node) {
      const { table, policy_name = '' } = node.CreatePolicyStmt;
      objects.add(`policy ${relationName(table)}.${policy_name}`);
    } else if ('CreateFunctionStmt' in node) functions.push(newFunction(node.CreateFunctionStmt));
    else if ('AlterTableStmt' in node) {
      const table = relationName(node.AlterTableStmt.relation);
      for (const cmd of node.AlterTableStmt.cmds ?? []) {
        if (!('AlterTableCmd' in cmd)) continue;
        const { def } = cmd.AlterTableCmd;
        if (def && 'ColumnDef' in def) columns.add(`${table}.${def.ColumnDef.colname ?? ''}`);
        if (def && 'Constraint' in def) constraints.add(`${table}.${def.Constraint.conname ?? ''}`);
      }
    }
  }
  return { objects, functions, columns, constraints };
}

/** Modes of parameters that a caller gives. */
const GIVEN = ['FUNC_PARAM_IN', 'FUNC_PARAM_INOUT', 'FUNC_PARAM_VARIADIC', 'FUNC_PARAM_DEFAULT'];

function newFunction({ funcname, parameters }: CreateFunctionStmt): NewFunction {
  const given = (parameters ?? []).flatMap((parameter) =>
    'FunctionParameter' in parameter && GIVEN.includes(parameter.FunctionParameter.mode ?? '')
      ? [parameter.FunctionParameter]
      : [],
  );
  return {
    name: namesOf(funcname),
    takes: given.map(({ argType }) => typeName(argType)),
    required: given.filter(({ defexpr }) => defexpr === undefined).length,
  };
}
