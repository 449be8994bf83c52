import type { Schema, Table } from 'd1-core/schema';
import { foldName, isTrivia, sameName, unquote, type Token, type Tokenize } from 'd1-core/sql';
import { identifier, identifiers } from './sql-names.ts';

export interface ClosureRebuild {
  /** Before the first statement of the rebuild. */
  readonly schema: Schema;
  readonly table: Table;
  /** The name under which the migration makes the table anew. */
  readonly newName: string;
  /** The statements that create and fill the new table, as the migration has them. */
  readonly ownStatements: readonly string[];
  readonly tokenize: Tokenize;
}

/**
 * The statements that rebuild a table and every table that references it, and lose no row: all are copied first, and
 * the children are dropped before the parent, so that no foreign key is left on which an action could fire.
 */
export function closureRebuild(rebuild: ClosureRebuild): readonly string[] {
  const { schema, table, newName, ownStatements, tokenize } = rebuild;
  const children = childrenFirst(schema, table);
  const newNames = new Map([
    [foldName(table.name), newName],
    ...children.map((child) => [foldName(child.name), `new_${child.name}`] as const),
  ]);
  const renamed = (child: Table): string => newNames.get(foldName(child.name)) ?? child.name;
  const parentsFirst = [...children].reverse();
  const all = [table, ...parentsFirst];
  const views = schema
    .objects()
    .filter((object) => object.kind === 'view')
    .filter(({ sql }) => mentions(sql, all, tokenize));
  return [
    ...views.map(({ name }) => `DROP VIEW ${identifier(name)}`),
    ...ownStatements,
    ...parentsFirst.flatMap((child) => {
      const columns = child.columns.filter(({ generated }) => generated === 'no').map(({ name }) => name);
      const list = identifiers(columns);
      return [
        withNewNames(child.sql, renamed(child), newNames, tokenize),
        `INSERT INTO ${identifier(renamed(child))} (${list}) SELECT ${list} FROM ${identifier(child.name)}`,
      ];
    }),
    ...[...children, table].map(({ name }) => `DROP TABLE ${identifier(name)}`),
    ...all.map((one) => `ALTER TABLE ${identifier(renamed(one))} RENAME TO ${identifier(one.name)}`),
    ...all.flatMap(({ name }) =>
      schema
        .indexesOf(name)
        .map(({ sql }) => sql)
        .filter((sql) => sql !== undefined),
    ),
    ...all.flatMap(({ name }) => schema.triggersOf(name).map(({ sql }) => sql)),
    ...views.map(({ sql }) => sql),
  ];
}

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
  sql: string,
  newName: string,
  newNames: ReadonlyMap<string, string>,
  tokenize: Tokenize,
): string {
  let previous = '';
  let isNamed = false;
  const rename = (token: Token): string => {
    if (isTrivia(token)) return token.text;
    const isOwnName = !isNamed && previous !== '' && isName(token);
    const isParent = previous === 'REFERENCES';
    previous = token.text.toUpperCase();
    if (isOwnName) {
      isNamed = true;
      return identifier(newName);
    }
    const target = isParent ? newNames.get(foldName(unquote(token.text))) : undefined;
    return target === undefined ? token.text : identifier(target);
  };
  return tokenize(sql).map(rename).join('');
}

const isName = ({ kind, text }: Token): boolean =>
  kind !== 'punctuation' && !/^(table|if|not|exists|create)$/i.test(text);

const mentions = (sql: string, tables: readonly Table[], tokenize: Tokenize): boolean =>
  tokenize(sql).some((token) => tables.some(({ name }) => sameName(unquote(token.text), name)));
