import { type Directive, type MigrationFile, readDirectives, readMigration } from '../migrations/index.ts';
import type { Schema } from '../schema/index.ts';
import {
  lineIndex,
  loadParser,
  loadTokenizer,
  foldName,
  sameName,
  splitStatements,
  statementText,
  type SyntaxNode,
} from '../sql/index.ts';

export interface AnalysedStatement {
  readonly text: string;
  /** In the file, from 1. */
  readonly line: number;
  readonly effect: Effect;
}

/** A migration, with what each of its statements does to tables. */
export interface AnalysedMigration {
  readonly file: MigrationFile;
  readonly statements: readonly AnalysedStatement[];
  readonly directives: readonly Directive[];
}

/** Reads what migrations do, without running them. */
export async function analyseMigrations(
  files: readonly MigrationFile[],
): Promise<readonly AnalysedMigration[]> {
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const analysed: AnalysedMigration[] = [];
  for (const file of files) {
    const migration = readMigration(file);
    const { text } = migration;
    const lines = lineIndex(text);
    const statements: AnalysedStatement[] = [];
    for (const statement of splitStatements(tokenize(text))) {
      const parsed = await parse(text, statement);
      statements.push({
        text: statementText(text, statement),
        line: lines.positionAt(statement.start).line,
        effect: effectOf(parsed.outcome === 'parsed' ? parsed.tree : undefined),
      });
    }
    const { directives } = readDirectives(migration, tokenize);
    analysed.push({ file, statements, directives });
  }
  return analysed;
}

/** The triggers of a schema, as the statements that make them. */
export async function triggersOf(schema: Schema): Promise<readonly Watching[]> {
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const found: Watching[] = [];
  for (const object of schema.objects()) {
    if (object.kind !== 'trigger') continue;
    for (const statement of splitStatements(tokenize(object.sql))) {
      const parsed = await parse(object.sql, statement);
      const effect = effectOf(parsed.outcome === 'parsed' ? parsed.tree : undefined);
      if (effect.kind === 'watches') found.push(effect);
    }
  }
  return found;
}

export type Watching = Extract<Effect, { readonly kind: 'watches' }>;

/** What a statement does to tables and their rows, itself: not by foreign keys, and not by triggers. */
export type Effect =
  | { readonly kind: 'creates'; readonly table: string }
  | { readonly kind: 'drops'; readonly table: string }
  | { readonly kind: 'renames'; readonly table: string; readonly to: string }
  /** Its columns are changed. */
  | {
      readonly kind: 'alters';
      readonly table: string;
      readonly dropped?: string | undefined;
      readonly renamed?: { readonly from: string; readonly to: string } | undefined;
    }
  | { readonly kind: 'writes'; readonly table: string; readonly computed: ComputedColumns }
  /** Rows may go: DELETE, and what replaces rows that are in the way. */
  | { readonly kind: 'deletes'; readonly table: string; readonly computed: ComputedColumns }
  /** A trigger is made on a table or view; it may assign columns of that table itself. */
  | { readonly kind: 'watches'; readonly table: string; readonly assigns: readonly string[] }
  | { readonly kind: 'none' }
  /** The parser did not take it. */
  | { readonly kind: 'unknown' };

/**
 * The columns for whose rows of before a statement itself says another value: by name, or by their place where an INSERT
 * names none.
 */
export type ComputedColumns = readonly (string | number)[] | 'all';

/** Reads the effect of a statement from its syntax tree. */
export function effectOf(tree: SyntaxNode | undefined): Effect {
  if (tree === undefined) return { kind: 'unknown' };
  switch (tree.type) {
    case 'CreateTableStmt':
    case 'CreateVirtualTableStmt':
      return on('creates', tree.tableName?.text);
    case 'CreateTriggerStmt':
      return watching(tree);
    case 'DropStmt':
      return tree.objectType === 'TABLE' ? on('drops', targetOf(tree)) : { kind: 'none' };
    case 'AlterTableStmt':
      return alteration(tree);
    case 'DeleteStmt':
      return written('deletes', tree, []);
    case 'InsertStmt':
      return replaces(tree)
        ? written('deletes', tree, listedColumns(tree) ?? 'all')
        : written('writes', tree, insertedColumns(tree));
    case 'UpdateStmt':
      return written(replaces(tree) ? 'deletes' : 'writes', tree, setColumns(tree));
    default:
      return { kind: 'none' };
  }
}

function alteration(tree: SyntaxNode): Effect {
  const to = tree.newName?.text;
  const table = targetOf(tree);
  if (tree.op === 'DROP_COLUMN' && table !== undefined)
    return { kind: 'alters', table, dropped: tree.oldName?.text };
  const from = tree.oldName?.text;
  if (tree.op === 'RENAME_COLUMN' && table !== undefined && from !== undefined && to !== undefined)
    return { kind: 'alters', table, renamed: { from, to } };
  if (tree.op !== 'RENAME_TABLE' || to === undefined || table === undefined) return on('alters', table);
  return { kind: 'renames', table, to };
}

function watching(tree: SyntaxNode): Effect {
  const table = tree.table?.objectName?.text;
  if (table === undefined) return { kind: 'unknown' };
  const own = tree.all('UpdateStmt').filter((update) => sameName(update.table.tableName.text, table));
  return { kind: 'watches', table, assigns: own.flatMap(setColumns) };
}

const on = (kind: 'creates' | 'drops' | 'alters', table: string | undefined): Effect =>
  table === undefined ? { kind: 'unknown' } : { kind, table };

function written(kind: 'writes' | 'deletes', tree: SyntaxNode, computed: ComputedColumns): Effect {
  const table = tree.table?.tableName?.text;
  return table === undefined ? { kind: 'unknown' } : { kind, table, computed };
}

const replaces = (tree: SyntaxNode): boolean => tree.conflictAction === 'REPLACE';

const targetOf = (tree: SyntaxNode): string | undefined => tree.target?.objectName?.text;

/** Undefined where an INSERT names none. */
function listedColumns(tree: SyntaxNode): readonly string[] | undefined {
  const listed = tree.columns.map((column) => column.column?.text ?? '');
  return listed.length === 0 ? undefined : listed;
}

/** What ON CONFLICT DO UPDATE sets, and what a SELECT makes of the values that it copies. */
function insertedColumns(tree: SyntaxNode): ComputedColumns {
  const upserted = tree.all('SetClause').flatMap(columnsOfClause);
  const listed = listedColumns(tree);
  const results = (tree.source?.all('ResultColumnList') ?? []).map((list) => list.items());
  const computed = results.flatMap((list) =>
    list.flatMap((result, index) => (isComputed(result) ? [index] : [])),
  );
  // After a star nobody knows the places.
  if (computed.length > 0 && results.flat().some((result) => result.hasFlag('STAR'))) return 'all';
  return [...upserted, ...computed.map((index) => (listed === undefined ? index : (listed[index] ?? index)))];
}

/** A literal is made of no value that was there. */
function isComputed(result: SyntaxNode): boolean {
  const expression = result.expr;
  if (expression === undefined || result.hasFlag('STAR')) return false;
  return !expression.is('ColumnRef') && !expression.is('Literal');
}

const setColumns = (tree: SyntaxNode): readonly string[] => tree.assignments.flatMap(columnsOfClause);

const columnsOfClause = (clause: SyntaxNode): readonly string[] =>
  [clause, ...clause.columns].map((one) => one.column?.text).filter((name) => name !== undefined);

/** Whether a statement may make rows go; of one that nobody understands, it is not known. */
export const isDestructive = ({ kind }: Effect): boolean =>
  kind === 'drops' || kind === 'deletes' || kind === 'unknown';

/**
 * Whether migrations can change or remove rows that are there before them. What only makes new things cannot, nor what
 * fills a table that they have made, as long as they make no trigger.
 */
export function mayTouchRows(migrations: readonly AnalysedMigration[]): boolean {
  const effects = migrations.flatMap(({ statements }) => statements).map(({ effect }) => effect);
  const isWatched = effects.some(({ kind }) => kind === 'watches');
  const made = new Set<string>();
  return effects.some((effect) => {
    if (effect.kind === 'creates') made.add(foldName(effect.table));
    if (effect.kind === 'writes') return isWatched || !made.has(foldName(effect.table));
    return effect.kind !== 'creates' && effect.kind !== 'watches' && effect.kind !== 'none';
  });
}
