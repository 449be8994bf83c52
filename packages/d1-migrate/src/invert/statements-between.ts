import type { Schema } from 'd1-core/schema';
import { columnOf } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';
import { inverseStatements } from './inverse-statements.ts';
import type { Lineage, Successor } from './lineage.ts';

/**
 * The statements, without semicolons, that turn one schema into another, where tables and columns of one name are the
 * same. What has another name is dropped and made: somebody has to look before they are run. Undefined where there are
 * none.
 */
export async function statementsBetween(
  from: Schema,
  to: Schema,
  tokenize: Tokenize,
): Promise<readonly string[] | undefined> {
  try {
    return await inverseStatements({ before: to, after: from, lineage: byNames(to, from), tokenize });
  } catch {
    return undefined;
  }
}

function byNames(before: Schema, after: Schema): Lineage {
  const find = (name: string): Successor | undefined => {
    const was = before.table(name);
    const now = after.table(name);
    if (was === undefined || now === undefined) return undefined;
    const columns = was.columns.flatMap((column) => {
      const held = columnOf(now, column.name);
      return held === undefined
        ? []
        : [[foldName(column.name), { name: held.name, derived: false }] as const];
    });
    return { before: was.name, after: now.name, everyRow: true, columns: new Map(columns), actions: [] };
  };
  return { successorOf: find, predecessorOf: find, changes: [], inserted: [], captured: [], kept: [] };
}
