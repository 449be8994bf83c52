import type { DatabaseSync } from 'node:sqlite';
import { messageOf } from 'd1-core/errors';
import {
  type AnalysedMigration,
  type AnalysedStatement,
  beginTrace,
  effectOf,
  firstName,
  isUnannounced,
  judge,
  type Loss,
  mayTouchRows,
  mentionedNames,
  placeLosses,
  reachedTables,
  traceAfter,
  triggersOf,
} from 'd1-core/loss';
import { readDirectives } from 'd1-core/migrations';
import {
  columnOf,
  compilableText,
  createObjects,
  objectEntries,
  openMemoryDatabase,
  primaryKeyOf,
  type Schema,
  type Table,
} from 'd1-core/schema';
import { isFilledFromOthers, type Literals, sowLiterals, sowRows } from 'd1-core/seed';
import { foldName, lineIndex, quoteIdentifier, sameName, type Token, type Tokenize } from 'd1-core/sql';
import { compareTable, listTables, remember, type TableComparison } from 'd1-core/witness';
import type { FileAnalysis } from './analyse-file.ts';
import type { LintFile, LintStatement, RowTrial } from './rule.ts';

const NOTHING: RowTrial = { losses: [], tried: new Set(), untried: [] };

/** Pages of a database in memory: a file that fills more than 200 MB is not tried to its end. */
const MOST_PAGES = 50_000;

/**
 * Runs a file in memory on the tables that it reaches, with rows in each, and compares all cells. Where that shows nothing it is
 * run once more with rows that its conditions find. A file that can touch no row that was there before it is not run.
 */
export async function tryWithRows(
  file: LintFile,
  analysis: FileAnalysis,
  tokenize: Tokenize,
): Promise<RowTrial> {
  const { statements, before } = analysis;
  if (statements.some(({ replay }) => replay.outcome === 'failed')) return NOTHING;
  const migration = migrationOf(file, statements, tokenize);
  if (!mayTouchRows([migration]) || statements.every(doesWhatItSays)) return NOTHING;
  const names = mentionedNames([file.text], tokenize);
  const reached = reachedTables(before, names, tokenize);
  if (reached.length === 0) return NOTHING;
  if (mayBeEndless(statements, before, names)) return untried('it has a query that may never end');
  const shared = { analysis, migration, reached, tokenize };
  const usual = await tryOnce({ ...shared, literals: undefined });
  if (usual.losses.length > 0) return usual;
  const context = contextOf(before, reached, names, tokenize);
  const literals = literalsIn([...analysis.tokens, ...context]);
  const found = await tryOnce({ ...shared, literals });
  if (found.losses.length > 0 || !found.isPartial) return found.losses.length > 0 ? found : usual;
  // Its own rows were in the way of those that the file brings along.
  const others = statements
    .filter(({ tree }) => tree?.is('InsertStmt') !== true)
    .flatMap(({ tokens }) => tokens);
  const { numbers } = literalsIn([...others, ...context]);
  const again = await tryOnce({ ...shared, literals: { ...literals, numbers } });
  return again.losses.length > 0 ? again : usual;
}

/** Whether a statement can change no row that was there but by what it says: of the others rows are needed to know it. */
function doesWhatItSays({ tree, before, replay }: LintStatement): boolean {
  const effect = effectOf(tree);
  if (effect.kind === 'drops' || effect.kind === 'unknown') return replay.outcome === 'skipped';
  if (effect.kind !== 'writes' && effect.kind !== 'deletes') return true;
  const fires = replay.outcome === 'done' && replay.fires === true;
  if (fires || tree === undefined || tree.conflictAction === 'REPLACE') return false;
  const table = before.table(effect.table);
  if (replacesRows(table)) return false;
  if (tree.all('SetClause').length === 0) return true;
  const key = table === undefined ? [] : primaryKeyOf(table);
  // By the key a row is found again.
  const isKey = (column: string | number) =>
    key.length === 0 || typeof column === 'number' || key.some((name) => sameName(name, column));
  return effect.computed !== 'all' && !effect.computed.some(isKey);
}

interface Trial {
  readonly analysis: FileAnalysis;
  readonly migration: AnalysedMigration;
  /** The tables that the file reaches. */
  readonly reached: readonly Table[];
  readonly tokenize: Tokenize;
  /** Values that rows are to hold beside the usual ones. */
  readonly literals: Literals | undefined;
}

/** `isPartial`: a row that the file brings along was refused. */
async function tryOnce({
  analysis,
  migration,
  reached,
  tokenize,
  literals,
}: Trial): Promise<RowTrial & { readonly isPartial?: boolean }> {
  const { statements, before, after } = analysis;
  const tables = withParents(before, reached);
  const database = await openMemoryDatabase();
  try {
    database.exec(`PRAGMA max_page_count = ${MOST_PAGES}`);
    create(database, before, tables);
    const seeded = tables.filter((table) => !isFilledFromOthers(table, tokenize));
    const { failures } = sowRows(database, before, seeded, tokenize);
    if (literals !== undefined) sowLiterals(database, before, seeded, literals);
    const empty = failures.filter(({ table }) => reached.some(({ name }) => name === table));
    const compared = listTables(database).filter((name) => isCompared(before, name, empty));
    remember(database, compared);
    const trace = beginTrace(compared);
    const { names: namesAfter, columns: renamed } = traceAfter(trace, [migration]);
    database.exec('BEGIN');
    const { refused, run } = runAll(database, migration);
    if (refused !== undefined) return untried(`the rows that were tried are refused: ${refused}`);
    const comparisons = compared.map((table) => {
      const now = namesAfter.get(table);
      const found = now === undefined ? undefined : after.table(now)?.name;
      return compareTable(database, { before: table, after: found, renamed: renamed.get(table) });
    });
    const moved = new Set(
      comparisons
        .filter((one) => one.lost > 0 && isMoved(database, one, before, after))
        .map(({ table }) => table.before),
    );
    database.exec('ROLLBACK');
    const judged = comparisons.some(isChanged)
      ? judge(run, comparisons, before, await triggersOf(before), trace).losses
      : [];
    const losses = judged
      .filter(isUnannounced)
      .filter(
        (loss) => !(loss.what === 'rows' && moved.has(loss.table)) && !isTaken(loss, comparisons, statements),
      );
    const { places } =
      losses.length === 0 ? { places: new Map() } : placeLosses(database, run, losses, trace);
    return {
      losses: losses.flatMap((loss) => {
        const index = run.statements.findIndex((one) => one === places.get(loss));
        const statement = statements.at(index);
        const earlier = { ...run, statements: run.statements.slice(0, Math.max(index, 0)) };
        const first = traceAfter(trace, [earlier]);
        const isIt = (name: string) => sameName(firstName(first, name), loss.table);
        return statement === undefined || says(statement, loss, isIt, before, after)
          ? []
          : [{ ...loss, statement }];
      }),
      isPartial: run !== migration,
      tried: new Set(compared.map(foldName)),
      untried: empty.map(({ table, reason }) => ({
        table,
        reason: `no row was found that it takes: ${reason}`,
      })),
    };
  } catch (error) {
    return untried(messageOf(error));
  } finally {
    database.close();
  }
}

/** What a file sets in motion: the triggers of the tables that it reaches, and the defaults of their columns. */
function contextOf(
  schema: Schema,
  reached: readonly Table[],
  names: ReadonlySet<string>,
  tokenize: Tokenize,
): readonly Token[] {
  const tables = new Set([...names, ...reached.map(({ name }) => foldName(name))]);
  const triggers = schema
    .objects()
    .flatMap((object) =>
      object.kind === 'trigger' && tables.has(foldName(object.table)) ? [object.sql] : [],
    );
  const defaults = reached.flatMap(({ columns }) =>
    columns.flatMap(({ defaultValue }) => defaultValue ?? []),
  );
  return [...triggers, ...defaults].flatMap((sql) => tokenize(sql));
}

/** The numbers in a file with those beside them, its texts, and a text of digits, which a column of numbers would change. */
function literalsIn(tokens: readonly Token[]): Literals {
  const texts = tokens.filter(({ kind, text }) => kind === 'string' && text.startsWith("'"));
  const numbers = tokens
    .filter(({ kind, text }) => kind === 'number' && /^\d{1,15}$/.test(text))
    .map(({ text }) => Number(text));
  return {
    numbers: [...new Set(numbers.flatMap((number) => [number, number - 1, number + 1]))].map(String),
    texts: [...new Set(["'007'", ...texts.map(({ text }) => text)])],
  };
}

const untried = (reason: string): RowTrial => ({ ...NOTHING, untried: [{ table: undefined, reason }] });

const isChanged = ({ lost, repeated, changes }: TableComparison): boolean =>
  lost > 0 || repeated > 0 || changes.length > 0;

/**
 * Rows that a DELETE takes from its own table, that a DROP TABLE takes after which there is none of its name, and that have
 * another key by an UPDATE: that is what they are for.
 */
function says(
  { tree }: LintStatement,
  { what, table }: Loss,
  isIt: (name: string) => boolean,
  before: Schema,
  after: Schema,
): boolean {
  if (tree === undefined || what !== 'rows') return false;
  const effect = effectOf(tree);
  if (!('table' in effect) || !isIt(effect.table)) return false;
  if (effect.kind === 'drops') return after.table(table) === undefined;
  if (tree.is('UpdateStmt')) return tree.conflictAction !== 'REPLACE' && !replacesRows(before.table(table));
  return tree.is('DeleteStmt');
}

const replacesRows = (table: Table | undefined): boolean =>
  /\bon\s+conflict\s+replace\b/i.test(table?.sql ?? '');

/** Whether all rows that a table has lost are, as they were, in a table that the file has made. */
function isMoved(
  database: DatabaseSync,
  { table: { before: name = '', after: now }, lost }: TableComparison,
  before: Schema,
  after: Schema,
): boolean {
  const columns = before.table(name)?.columns.filter(({ generated }) => generated === 'no') ?? [];
  const list = columns.map((column) => quoteIdentifier(column.name)).join(', ');
  const holders = after
    .tables()
    .filter((table) => before.table(table.name) === undefined && table.name !== now)
    .filter((table) => columns.every((column) => columnOf(table, column.name) !== undefined));
  return holders.some((holder) => {
    const both = `SELECT ${list} FROM before.${quoteIdentifier(name)} INTERSECT SELECT ${list} FROM main.${quoteIdentifier(holder.name)}`;
    return Number(database.prepare(`SELECT count(*) AS n FROM (${both})`).get()?.['n']) >= lost;
  });
}

/** Whether the values of a column that goes are what a copy makes others of: what it is sorted by is not. */
function isTaken(
  { what, table, column }: Loss,
  comparisons: readonly TableComparison[],
  statements: readonly LintStatement[],
): boolean {
  const changes = comparisons.find((one) => one.table.before === table)?.changes ?? [];
  const isGone = changes.some((change) => change.column === column && change.now === undefined);
  if (what !== 'values' || column === undefined || !isGone) return false;
  return statements.some(({ tree }) =>
    tree
      ?.all('ResultColumnList')
      .some((list) => list.all('ColumnRef').some((one) => sameName(one.column?.text ?? '', column))),
  );
}

function migrationOf(
  { name, path, number, text }: LintFile,
  statements: readonly LintStatement[],
  tokenize: Tokenize,
): AnalysedMigration {
  const lines = lineIndex(text);
  return {
    file: { name, path, number },
    statements: statements.map((statement) => ({
      text: runnableText(text, statement),
      line: lines.positionAt(statement.start).line,
      effect: effectOf(statement.tree),
    })),
    directives: readDirectives({ name, path, text }, tokenize).directives,
  };
}

/** Nothing in place of what changes no row, and of what a migration cannot run. */
function runnableText(
  text: string,
  { tokens, allTokens, start, end, terminated, tree }: LintStatement,
): string {
  const [first, second] = tokens.map((token) => token.text.toLowerCase());
  const isSwitch = first === 'pragma' && /^(defer_foreign_keys|legacy_alter_table)$/.test(second ?? '');
  const isIdle =
    /^(pragma|select|values|explain|begin|commit|end|rollback|savepoint|release|attach|detach|vacuum|analyze)$/;
  if (isIdle.test(first ?? '') && !isSwitch) return '';
  return compilableText({ text, statement: { tokens: allTokens, start, end, terminated }, tree });
}

/** What was run, or SQLite's own words on what it refuses. A row that the file brings along may refer to one that is not there. */
function runAll(
  database: DatabaseSync,
  migration: AnalysedMigration,
): { readonly refused: string | undefined; readonly run: AnalysedMigration } {
  const run: AnalysedStatement[] = [];
  for (const statement of migration.statements) {
    const refused = refusalOf(database, statement.text);
    if (refused !== undefined && !/^\s*insert\b[^;]*\bvalues\b/i.test(statement.text))
      return { refused, run: migration };
    run.push(refused === undefined ? statement : { ...statement, text: '' });
  }
  const isWhole = run.every((statement, index) => statement === migration.statements[index]);
  return { refused: undefined, run: isWhole ? migration : { ...migration, statements: run } };
}

function refusalOf(database: DatabaseSync, sql: string): string | undefined {
  try {
    database.exec(sql);
    return undefined;
  } catch (error) {
    return messageOf(error);
  }
}

/** A WITH may ask for itself, under a name that is not a table's. */
function mayBeEndless(
  statements: readonly LintStatement[],
  schema: Schema,
  names: ReadonlySet<string>,
): boolean {
  const isRecursive = ({ tree }: LintStatement) =>
    tree
      ?.all('CteDefinition')
      .some((cte) =>
        cte.all('TableRef').some((table) => sameName(table.tableName.text, cte.cteName.text)),
      ) === true;
  const isReached = schema
    .objects()
    .some(
      (object) =>
        (object.kind === 'view' || object.kind === 'trigger') &&
        /\bwith\b/i.test(object.sql) &&
        (names.has(foldName(object.name)) || ('table' in object && names.has(foldName(object.table)))),
    );
  return isReached || statements.some(isRecursive);
}

/** Rows need the rows that they refer to. */
function withParents(schema: Schema, tables: readonly Table[]): readonly Table[] {
  const found = new Map(tables.map((table) => [foldName(table.name), table]));
  for (const { foreignKeys } of found.values()) {
    for (const { parent } of foreignKeys) {
      const table = schema.table(parent);
      if (table !== undefined) found.set(foldName(table.name), table);
    }
  }
  return [...found.values()];
}

/** Makes the tables with their indexes and triggers, and all views: those of other tables cannot be read, and nobody does. */
function create(database: DatabaseSync, schema: Schema, tables: readonly Table[]): void {
  const wanted = new Set(tables.map(({ name }) => foldName(name)));
  const views = new Set(
    schema.objects().flatMap(({ kind, name }) => (kind === 'view' ? [foldName(name)] : [])),
  );
  createObjects(
    database,
    objectEntries(schema).filter(
      ({ type, table }) =>
        type === 'view' || wanted.has(foldName(table)) || (type === 'trigger' && views.has(foldName(table))),
    ),
  );
}

/** A search index without a text has nothing that could be kept for later. */
function isCompared(schema: Schema, name: string, empty: readonly { readonly table: string }[]): boolean {
  const table = schema.table(name);
  const hasText = table !== undefined && !(table.storage === 'virtual' && /\bcontent\s*=/i.test(table.sql));
  return hasText && !empty.some((one) => sameName(one.table, name));
}
