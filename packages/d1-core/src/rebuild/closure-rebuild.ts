import {
  foldName,
  identifier,
  identifiers,
  isTrivia,
  quoteText,
  sameName,
  type Token,
  type Tokenize,
  unquote,
} from '../sql/index.ts';
import {
  columnOf,
  contentTable,
  type ForeignKey,
  primaryKeyOf,
  type Schema,
  type Table,
  type Trigger,
  type View,
} from '../schema/index.ts';

export interface ClosureRebuild {
  /** Before the first statement of the rebuild. */
  readonly schema: Schema;
  readonly table: Table;
  /** The name under which the migration rebuilds the table. */
  readonly newName: string;
  /** The statements that create and fill the new table under that name. */
  readonly create: string;
  readonly copies: readonly string[];
  /** Columns that the new table has not. Indexes that name one are left out. */
  readonly droppedColumns?: readonly string[] | undefined;
  readonly tokenize: Tokenize;
}

/**
 * The statements that rebuild a table and every table that references it, and lose no row: all are copied first, and
 * the children are dropped before the parent, so that no foreign key is left on which an action could fire. Tables that
 * reference each other in a circle have no such order: their checks are put off to the end, and what an action deletes are
 * old rows that were copied. RESTRICT is never put off: with it a circle gives undefined.
 */
export function closureRebuild(rebuild: ClosureRebuild): readonly string[] | undefined {
  const { schema, table, newName, create, copies, droppedColumns = [], tokenize } = rebuild;
  const children = childrenFirst(schema, table);
  const newNames = new Map([
    [foldName(table.name), newName],
    ...children.map((child) => [foldName(child.name), `new_${child.name}`] as const),
  ]);
  const renamed = (child: Table): string => newNames.get(foldName(child.name)) ?? child.name;
  const parentsFirst = [...children].reverse();
  const all = [table, ...parentsFirst];
  const circular = circularKeys(all);
  if (circular.some(({ onDelete }) => onDelete === 'RESTRICT')) return undefined;
  const { views, triggers } = standingInTheWay(schema, all, tokenize);
  return [
    ...(circular.length > 0 ? ['PRAGMA defer_foreign_keys = ON'] : []),
    ...triggers.map(({ name }) => `DROP TRIGGER ${identifier(name)}`),
    ...views.toReversed().map(({ name }) => `DROP VIEW ${identifier(name)}`),
    withParentNames(withOwnName(create, table, newName, tokenize), newNames, tokenize),
    // A row can be checked only when the tables that it references are there.
    ...(circular.length > 0 ? [] : copies),
    ...parentsFirst.map((child) => withNewNames(child, renamed(child), newNames, tokenize)),
    ...(circular.length > 0 ? copies : []),
    ...parentsFirst.map((child) => {
      const columns = child.columns.filter(({ generated }) => generated === 'no').map(({ name }) => name);
      const list = identifiers(columns);
      return `INSERT INTO ${identifier(renamed(child))} (${list}) SELECT ${list} FROM ${identifier(child.name)}`;
    }),
    ...all
      .filter(({ autoincrement }) => autoincrement)
      .flatMap((one) => restoreSequence(one.name, renamed(one))),
    ...[...children, table].map(({ name }) => `DROP TABLE ${identifier(name)}`),
    ...all.map((one) => `ALTER TABLE ${identifier(renamed(one))} RENAME TO ${identifier(one.name)}`),
    ...all.flatMap(({ name }) =>
      schema
        .indexesOf(name)
        .map(({ sql }) => sql)
        .filter((sql) => sql !== undefined)
        .filter((sql) => !sameName(name, table.name) || !namesOne(sql, droppedColumns, tokenize)),
    ),
    ...all.flatMap(({ name }) => schema.triggersOf(name).map(({ sql }) => sql)),
    ...views.map(({ sql }) => sql),
    ...views.flatMap(({ name }) => schema.triggersOf(name).map(({ sql }) => sql)),
    ...triggers.map(({ sql }) => sql),
    ...schema
      .tables()
      .filter(({ sql, storage }) => storage === 'virtual' && indexesOther(sql, all, tokenize))
      .map(({ name }) => `INSERT INTO ${identifier(name)} (${identifier(name)}) VALUES ('rebuild')`),
  ];
}

/**
 * Left there, they would make RENAME fail as long as a table that they name is away. A view goes with the views that are
 * made from it, and with its own triggers; the triggers of the tables themselves go with these.
 */
function standingInTheWay(
  schema: Schema,
  tables: readonly Table[],
  tokenize: Tokenize,
): { readonly views: readonly View[]; readonly triggers: readonly Trigger[] } {
  const names = new Set(tables.map(({ name }) => foldName(name)));
  const mentions = (sql: string) => tokenize(sql).some(({ text }) => names.has(foldName(unquote(text))));
  const all = schema.objects().filter((object) => object.kind === 'view');
  const views = new Set<View>();
  for (let found = -1; found !== views.size;) {
    found = views.size;
    for (const view of all.filter(({ sql }) => mentions(sql))) {
      views.add(view);
      names.add(foldName(view.name));
    }
  }
  const triggers = schema
    .objects()
    .filter((object) => object.kind === 'trigger')
    .filter((trigger) => !names.has(foldName(trigger.table)) && mentions(trigger.sql));
  return { views: all.filter((view) => views.has(view)), triggers };
}

/** A copy renumbers the rows where no column holds their number, and a search index knows them by it. */
const indexesOther = (sql: string, tables: readonly Table[], tokenize: Tokenize): boolean => {
  const content = contentTable(sql, tokenize);
  return tables.some(
    (table) => content !== undefined && sameName(content, table.name) && !hasRowNumber(table),
  );
};

/** Whether a column of the table is the number of its rows, which a copy then keeps: an INTEGER PRIMARY KEY. */
export const hasRowNumber = (table: Table): boolean => {
  const [only, ...others] = primaryKeyOf(table);
  return only !== undefined && others.length === 0 && /^integer$/i.test(columnOf(table, only)?.type ?? '');
};

/** The foreign keys of tables, given parents first, to one that comes later. */
const circularKeys = (tables: readonly Table[]): readonly ForeignKey[] =>
  tables.flatMap(({ foreignKeys }, index) =>
    foreignKeys.filter(({ parent }) => tables.slice(index + 1).some(({ name }) => sameName(name, parent))),
  );

/** The tables that reference a table, and those that reference them: each before its parents. */
function childrenFirst(schema: Schema, table: Table): readonly Table[] {
  const ordered: Table[] = [];
  const seen = new Set([foldName(table.name)]);
  const visit = (parent: Table) => {
    for (const { child } of schema.referencesTo(parent.name)) {
      if (seen.has(foldName(child.name))) continue;
      seen.add(foldName(child.name));
      visit(child);
      ordered.push(child);
    }
  };
  visit(table);
  return ordered;
}

/** A CREATE TABLE for another name, whose references follow the tables that get another name too. */
function withNewNames(
  child: Table,
  newName: string,
  newNames: ReadonlyMap<string, string>,
  tokenize: Tokenize,
): string {
  let isNamed = false;
  const rename = (token: Token, index: number): string => {
    if (isNamed || index === 0 || isTrivia(token) || !isName(token)) return token.text;
    isNamed = true;
    return identifier(newName);
  };
  const sql = withOwnName(child.sql, child, newName, tokenize);
  return withParentNames(tokenize(sql).map(rename).join(''), newNames, tokenize);
}

/** `CHECK ("posts"."likes" > 0)` of the table posts, as Drizzle Kit writes it, is an error under another name. */
function withOwnName(sql: string, { name }: Table, newName: string, tokenize: Tokenize): string {
  const tokens = tokenize(sql);
  const isQualifier = (token: Token, index: number) =>
    sameName(unquote(token.text), name) &&
    tokens.slice(index + 1).find((next) => !isTrivia(next))?.text === '.';
  return tokens
    .map((token, index) => (isQualifier(token, index) ? identifier(newName) : token.text))
    .join('');
}

/** A self-reference has to follow too: under the old name the DROP would delete the new rows. */
function withParentNames(sql: string, newNames: ReadonlyMap<string, string>, tokenize: Tokenize): string {
  let previous = '';
  const rename = (token: Token): string => {
    if (isTrivia(token)) return token.text;
    const isParent = previous === 'REFERENCES';
    previous = token.text.toUpperCase();
    const target = isParent ? newNames.get(foldName(unquote(token.text))) : undefined;
    return target === undefined ? token.text : identifier(target);
  };
  return tokenize(sql).map(rename).join('');
}

const isName = ({ kind, text }: Token): boolean =>
  kind !== 'punctuation' && !/^(table|if|not|exists|create)$/i.test(text);

const namesOne = (sql: string, names: readonly string[], tokenize: Tokenize): boolean =>
  tokenize(sql).some((token) => names.some((name) => sameName(unquote(token.text), name)));

/** Carries the highest number that AUTOINCREMENT has ever used over to another table, while the old one is there. */
export const restoreSequence = (table: string, newName: string): readonly string[] => [
  `DELETE FROM sqlite_sequence WHERE name = ${quoteText(newName)}`,
  `INSERT INTO sqlite_sequence (name, seq) SELECT ${quoteText(newName)}, seq FROM sqlite_sequence WHERE name = ${quoteText(table)}`,
];
