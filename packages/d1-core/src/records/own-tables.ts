import {
  loadParser,
  loadTokenizer,
  sameName,
  splitStatements,
  unquote,
  type Name,
  type SyntaxNode,
} from '../sql/index.ts';
import type { OwnRecords } from './state.ts';

/** A place in a text of SQL that changes one of our tables, or wrangler's. */
export interface OwnTableChange {
  /** The table, as it is written there. */
  readonly table: string;
  /** UTF-16 offset of its name. */
  readonly start: number;
  /** The statement. Undefined where the parser did not take the statement. */
  readonly tree: SyntaxNode | undefined;
}

/**
 * The tables that a statement writes, defines, drops, renames, indexes or refers to by a foreign key, those in the body of
 * a trigger among them. What it only reads is not meant.
 */
export const changedTables = (tree: SyntaxNode): readonly Name[] =>
  [...tree.walk()].flatMap(namesIn).filter((name) => name !== undefined);

function namesIn(node: SyntaxNode): readonly (Name | undefined)[] {
  switch (node.type) {
    case 'InsertStmt':
    case 'UpdateStmt':
    case 'DeleteStmt':
      return [node.table?.tableName];
    case 'CreateTableStmt':
    case 'CreateVirtualTableStmt':
    case 'CreateIndexStmt':
      return [node.tableName];
    case 'CreateTriggerStmt':
      return [node.table?.objectName];
    case 'CreateViewStmt':
      return [node.viewName];
    case 'DropStmt':
      return [node.target?.objectName];
    case 'AlterTableStmt':
      return [node.target?.objectName, node.op === 'RENAME_TABLE' ? node.newName : undefined];
    case 'ForeignKeyClause':
      return [node.refTable];
    default:
      return [];
  }
}

/** Whether a table keeps what is applied, who is at work and what was done: only the tools write there. */
export const isOwnTable = (name: string, historyTable: string): boolean =>
  /^d1_migrate_/i.test(name) || sameName(name, historyTable);

/**
 * Where SQL changes our tables or wrangler's history. A statement that cannot be parsed counts when it names one of them:
 * D1 refuses most such statements, and what the others do nobody knows.
 */
export async function ownTableChanges(sql: string, historyTable: string): Promise<readonly OwnTableChange[]> {
  if (!mayName(sql, historyTable)) return [];
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const changes: OwnTableChange[] = [];
  for (const statement of splitStatements(tokenize(sql))) {
    const parsed = await parse(sql, statement);
    const tree = parsed.outcome === 'parsed' ? parsed.tree : undefined;
    const names =
      tree === undefined
        ? statement.tokens.map(({ text, start }) => ({ text: unquote(text), start }))
        : changedTables(tree);
    for (const { text, start } of names) {
      if (isOwnTable(text, historyTable)) changes.push({ table: text, start, tree });
    }
  }
  return changes;
}

/**
 * What of our tables is not as a run should have left it, as sentences. `kept` is what must be there still; `added` are
 * the migrations that may be in the history too. Other runs may have added rows to the journal.
 */
export function recordFlaws(
  kept: OwnRecords,
  after: OwnRecords,
  added: readonly string[],
): readonly string[] {
  const ids = new Map(after.history.map(({ id, name }) => [id, name]));
  const gone = kept.history.filter(({ id, name }) => ids.get(id) !== name).map(({ name }) => name);
  const known = new Set([...kept.history.map(({ name }) => name), ...added]);
  const strange = after.history.map(({ name }) => name).filter((name) => !known.has(name));
  const entries = new Map(after.journal.map((entry) => [entry.id, JSON.stringify(entry)]));
  const changed = kept.journal.filter((entry) => entries.get(entry.id) !== JSON.stringify(entry)).length;
  return [
    ...(gone.length > 0 ? [`The history has lost ${gone.join(', ')}: wrangler would apply it again.`] : []),
    ...(strange.length > 0 ? [`The history has ${strange.join(', ')}, which this run has not applied.`] : []),
    ...(changed > 0
      ? [`The journal has lost or changed ${changed} of its ${kept.journal.length} rows.`]
      : []),
    ...(after.stamp === kept.stamp
      ? []
      : [`The stamp is ${stampWords(after.stamp)}, and should be ${stampWords(kept.stamp)}.`]),
  ];
}

const stampWords = (stamp: string | undefined): string => (stamp === undefined ? 'missing' : `"${stamp}"`);

/** Most SQL names none of them, and need not be parsed. */
function mayName(sql: string, historyTable: string): boolean {
  const text = sql.toLowerCase();
  return (
    text.includes('d1_migrate_') || /["'`\]]/.test(historyTable) || text.includes(historyTable.toLowerCase())
  );
}
