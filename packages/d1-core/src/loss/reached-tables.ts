import { contentTable, type Schema, type Table } from '../schema/index.ts';
import { foldName, unquote, type Tokenize } from '../sql/index.ts';
import { tablesWithRows } from '../seed/index.ts';

/** The folded names that statements mention: more than they touch, and never less. */
export function mentionedNames(statements: readonly string[], tokenize: Tokenize): ReadonlySet<string> {
  const names = new Set<string>();
  for (const sql of statements) {
    for (const { kind, text } of tokenize(sql)) {
      if (kind !== 'whitespace' && kind !== 'comment' && kind !== 'punctuation')
        names.add(foldName(unquote(text)));
    }
  }
  return names;
}

/**
 * The tables whose rows statements can reach: those that they mention, themselves or by a view, those that reference them,
 * and those that triggers of these mention. A search index without a text of its own is none of them: it shows the rows of another table.
 */
export function reachedTables(
  schema: Schema,
  mentioned: ReadonlySet<string>,
  tokenize: Tokenize,
): readonly Table[] {
  const objects = schema.objects();
  const reached = new Set(mentioned);
  for (let size = -1; size !== reached.size;) {
    size = reached.size;
    for (const object of objects) {
      if (object.kind === 'trigger' && reached.has(foldName(object.table))) {
        for (const name of mentionedNames([object.sql], tokenize)) reached.add(name);
      }
      if (object.kind === 'view' && reached.has(foldName(object.name))) {
        for (const name of mentionedNames([object.sql], tokenize)) reached.add(name);
      }
      if (object.kind !== 'table') continue;
      const isChild = object.foreignKeys.some(({ parent }) => reached.has(foldName(parent)));
      if (isChild) reached.add(foldName(object.name));
    }
  }
  return tablesWithRows(schema).filter(
    ({ name, storage, sql }) =>
      reached.has(foldName(name)) && (storage !== 'virtual' || contentTable(sql, tokenize) === undefined),
  );
}
