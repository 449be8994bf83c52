import type { Name } from 'd1-core/sql';
import type { RuleContext } from '../engine/rule.ts';
import { declaredColumns, declaredTables } from './declared-tables.ts';
import { renamedTable } from './statement-parts.ts';

/** A name that a file brings into the schema. */
export interface CreatedName {
  readonly name: Name;
  readonly what: 'table' | 'column' | 'index' | 'view' | 'trigger';
}

/** In the order of the text. A name that a rename takes away again is not among them. */
export function createdNames(context: Pick<RuleContext, 'statements' | 'before'>): readonly CreatedName[] {
  const tables = declaredTables(context)
    .filter(({ name, label }) => name.text === label)
    .map(({ name }) => ({ name, what: 'table' as const }));
  const columns = declaredColumns(context).map(({ name }) => ({ name, what: 'column' as const }));
  const others = context.statements.flatMap((statement): CreatedName | readonly [] => {
    const { tree } = statement;
    if (tree === undefined || statement.replay.outcome !== 'done') return [];
    const column = tree.op === 'RENAME_COLUMN' ? tree.newName : undefined;
    if (column !== undefined) return { name: column, what: 'column' };
    const table = renamedTable(statement)?.to;
    if (table !== undefined) return { name: table, what: 'table' };
    for (const what of ['index', 'view', 'trigger'] as const) {
      if (tree.type === CREATE[what] && tree.createdName !== undefined)
        return { name: tree.createdName, what };
    }
    return [];
  });
  return [...tables, ...columns, ...others].sort((a, b) => a.name.start - b.name.start);
}

const CREATE = { index: 'CreateIndexStmt', view: 'CreateViewStmt', trigger: 'CreateTriggerStmt' } as const;
