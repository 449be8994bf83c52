import { columnOf, primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { foldName, identifier, sameName, type SyntaxNode, type Tokenize } from 'd1-core/sql';
import { conditionOf, triggerWrites, type MigrationStatement } from '../replay/index.ts';
import { keepChildren, keepRows, keepValues, type Keeping, type NameOfUndo } from './keep-rows.ts';

/** What is to be done about one statement. */
export type CapturePlan =
  | { readonly outcome: 'kept'; readonly keeping: readonly Keeping[] }
  /** It changes no rows that were there before. */
  | { readonly outcome: 'not-needed' }
  | { readonly outcome: 'refused'; readonly reason: string };

const NOT_NEEDED: CapturePlan = { outcome: 'not-needed' };

/** Plans what keeps the rows that an UPDATE or DELETE changes. */
export function planCapture(
  statement: MigrationStatement,
  isNew: (table: string) => boolean,
  nameOf: NameOfUndo,
  tokenize: Tokenize,
): CapturePlan {
  const { tree, before, text, captured } = statement;
  if (tree === undefined || captured.length > 0) return NOT_NEEDED;
  if (!tree.is('UpdateStmt') && !tree.is('DeleteStmt')) return NOT_NEEDED;
  const reference = tree.table;
  const table = before.table(reference?.tableName?.text ?? '');
  if (table === undefined || isNew(table.name)) return NOT_NEEDED;
  const refusal = refuse(tree, table);
  if (refusal !== undefined) return { outcome: 'refused', reason: refusal };
  const alias = reference?.alias?.text;
  const from = `${identifier(table.name)}${alias === undefined ? '' : ` AS ${identifier(alias)}`}`;
  const where = conditionOf(text, tokenize);
  const name = nameOf(table.name);
  return tree.is('UpdateStmt')
    ? planUpdate(tree, before, table, { name, from, where }, tokenize)
    : planDelete(before, table, { name, from, where }, nameOf, tokenize);
}

/** Forms of which it is not known which rows they reach. */
function refuse(tree: SyntaxNode, table: Table): string | undefined {
  if (table.storage !== 'ordinary') return `${table.name} is not an ordinary table`;
  if (tree.ctes !== undefined) return 'it has a WITH';
  if (tree.from !== undefined) return 'it takes values FROM another table';
  if (tree.limit !== undefined || tree.orderBy !== undefined) return 'it has a LIMIT';
  return tree.conflictAction === 'REPLACE' ? 'rows that it replaces are gone' : undefined;
}

interface Picked {
  readonly name: string;
  readonly from: string;
  readonly where: string;
}

function planUpdate(
  tree: SyntaxNode,
  schema: Schema,
  table: Table,
  picked: Picked,
  tokenize: Tokenize,
): CapturePlan {
  const columns = setColumns(tree).map((name) => columnOf(table, name)?.name ?? name);
  const isKey = (name: string) => primaryKeyOf(table).some((column) => sameName(column, name));
  const key = columns.find(isKey);
  if (key !== undefined)
    return { outcome: 'refused', reason: `it changes ${key}, by which its rows are known` };
  const follower = schema
    .referencesTo(table.name)
    .find(
      ({ foreignKey }) =>
        foreignKey.onUpdate !== 'NO ACTION' &&
        foreignKey.onUpdate !== 'RESTRICT' &&
        (foreignKey.parentColumns ?? []).some((name) => columns.some((column) => sameName(column, name))),
    );
  if (follower !== undefined)
    return { outcome: 'refused', reason: `${follower.child.name} follows it ON UPDATE` };
  const [write] = triggerWrites(schema, table.name, 'update', tokenize);
  if (write !== undefined)
    return { outcome: 'refused', reason: `the trigger ${write.trigger} changes other rows` };
  return { outcome: 'kept', keeping: [keepValues(table, columns, picked)] };
}

function planDelete(
  schema: Schema,
  table: Table,
  picked: Picked,
  nameOf: NameOfUndo,
  tokenize: Tokenize,
): CapturePlan {
  const children = keepChildren(schema, table, picked.name, nameOf);
  if (children === undefined)
    return { outcome: 'refused', reason: `${table.name} is referenced with an action in a circle` };
  const reached = [table, ...children.flatMap((kept) => tablesOf(kept, schema))];
  for (const one of reached) {
    const [write] = [
      ...triggerWrites(schema, one.name, 'delete', tokenize),
      ...triggerWrites(schema, one.name, 'insert', tokenize),
    ];
    if (write !== undefined)
      return { outcome: 'refused', reason: `the trigger ${write.trigger} changes other rows` };
  }
  return { outcome: 'kept', keeping: [keepRows(table, picked), ...children] };
}

const tablesOf = ({ statements }: Keeping, schema: Schema): readonly Table[] =>
  schema
    .tables()
    .filter(({ name }) => statements.some((sql) => sql.includes(`\nFROM ${identifier(name)}\n`)));

const setColumns = (tree: SyntaxNode): readonly string[] =>
  tree.assignments
    .flatMap((clause) => [clause.column?.text, ...clause.columns.map((one) => one.column?.text)])
    .filter((name) => name !== undefined)
    .filter((name, index, all) => all.findIndex((one) => foldName(one) === foldName(name)) === index);
