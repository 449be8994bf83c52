import { D1Error, nearest } from 'd1-core/errors';
import { partOfColumn, type TableDefinition, type TablePart } from 'd1-core/schema';
import { foldName, identifier, identifiers, isTrivia, sameName, unquote, type Tokenize } from 'd1-core/sql';
import {
  editColumn,
  withDefault,
  without,
  withNotNull,
  withPrimaryKey,
  withType,
  type ColumnEdit,
} from './edit-column.ts';
import type { TableEdits } from './edits.ts';

/**
 * Changes the definition of a table; renamed columns have their new names already. What goes is taken away before
 * anything is added. Throws D1Error `unknown-column`, or `column-in-use` for a dropped column that a constraint names.
 */
export function editTable(original: TableDefinition, edits: TableEdits, tokenize: Tokenize): TableDefinition {
  let definition = original;
  const mentions = ({ text }: TablePart, name: string) =>
    tokenize(text).some((token) => !token.text.startsWith("'") && sameName(unquote(token.text), name));
  const names = (part: TablePart): readonly string[] =>
    definition.parts.flatMap(({ column }) =>
      column !== undefined && mentions(part, column) ? [foldName(column)] : [],
    );
  const change = (name: string, edit: ColumnEdit) => {
    const part = requireColumn(definition, name);
    replace(part, { ...part, text: editColumn(part.text, edit, tokenize) });
  };
  const replace = (old: TablePart, part: TablePart) => {
    definition = { ...definition, parts: definition.parts.map((one) => (one === old ? part : one)) };
  };
  const removeConstraints = (word: string, isMeant: (part: TablePart) => boolean) => {
    const parts = definition.parts.filter(
      (part) => part.column !== undefined || firstWord(part, tokenize) !== word || !isMeant(part),
    );
    definition = { ...definition, parts };
  };
  const addConstraint = (text: string) => {
    const leading = definition.parts.at(-1)?.leading ?? '';
    const part = { column: undefined, leading: /^\s+$/.test(leading) ? leading : ' ', text, trailing: '' };
    const last = definition.parts.at(-1);
    // What stands behind the last part, such as the end of its line, belongs behind the new one.
    if (last !== undefined) replace(last, { ...last, trailing: '' });
    definition = {
      ...definition,
      parts: [...definition.parts, { ...part, trailing: last?.trailing ?? '' }],
    };
  };

  for (const name of edits.dropChecks) {
    change(name, without('check'));
    removeConstraints('check', (part) => mentions(part, name));
  }
  for (const columns of edits.dropUnique) {
    for (const name of columns) requireColumn(definition, name);
    const [only, ...others] = columns;
    if (only !== undefined && others.length === 0) change(only, without('unique'));
    const wanted = columns.map(foldName).sort().join('\n');
    removeConstraints('unique', (part) => [...names(part)].sort().join('\n') === wanted);
  }
  for (const name of edits.dropForeignKeys) {
    change(name, without('references'));
    removeConstraints('foreign', (part) => mentions(part, name));
  }
  for (const name of edits.dropColumns) {
    const part = requireColumn(definition, name);
    const user = definition.parts.find((one) => one !== part && mentions(one, name));
    if (user !== undefined) throw inUse(name, user.text);
    definition = { ...definition, parts: definition.parts.filter((one) => one !== part) };
  }
  for (const { column, type } of edits.types) change(column, withType(type));
  for (const name of edits.nullable) change(name, without('not-null'));
  for (const name of edits.dropDefaults) change(name, without('default'));
  for (const name of edits.notNull) change(name, withNotNull);
  if (edits.setDefault !== undefined) {
    change(edits.setDefault.column, withDefault(edits.setDefault.expression, tokenize));
  }
  definition = inOrder(definition, edits.order);
  if (edits.primaryKey !== undefined) setPrimaryKey(edits.primaryKey);
  for (const columns of edits.addUnique) {
    for (const name of columns) requireColumn(definition, name);
    addConstraint(`UNIQUE (${identifiers(columns)})`);
  }
  for (const { column, parent, parentColumn, onDelete } of edits.addForeignKeys) {
    requireColumn(definition, column);
    addConstraint(
      `FOREIGN KEY (${identifier(column)}) REFERENCES ${identifier(parent)} (${identifier(parentColumn)}) ON DELETE ${onDelete}`,
    );
  }
  if (edits.addCheck !== undefined) addConstraint(`CHECK (${edits.addCheck})`);
  return definition;

  function setPrimaryKey(columns: readonly string[]): void {
    for (const { column } of definition.parts)
      if (column !== undefined) change(column, without('primary-key'));
    removeConstraints('primary', () => true);
    for (const name of columns) change(name, withNotNull);
    const [only, ...others] = columns;
    if (only !== undefined && others.length === 0) change(only, withPrimaryKey);
    else addConstraint(`PRIMARY KEY (${identifiers(columns)})`);
  }
}

/** The word that tells what a constraint of the table is, behind its name. */
function firstWord({ text }: TablePart, tokenize: Tokenize): string | undefined {
  const words = tokenize(text)
    .filter((token) => !isTrivia(token))
    .map((token) => token.text.toLowerCase());
  return words[0] === 'constraint' ? words[2] : words[0];
}

function inOrder(definition: TableDefinition, order: readonly string[]): TableDefinition {
  if (order.length === 0) return definition;
  const first = order.map((name) => requireColumn(definition, name));
  const columns = definition.parts.filter(({ column }) => column !== undefined);
  const others = definition.parts.filter(({ column }) => column === undefined);
  const parts = [...new Set([...first, ...columns]), ...others];
  // The white space stays where it was: it belongs to the place, not to the column.
  return {
    ...definition,
    parts: parts.map((part, index) => ({
      ...part,
      leading: definition.parts[index]?.leading ?? part.leading,
      trailing: definition.parts[index]?.trailing ?? part.trailing,
    })),
  };
}

function requireColumn(definition: TableDefinition, name: string): TablePart {
  const part = partOfColumn(definition, name);
  if (part !== undefined) return part;
  const known = definition.parts.map(({ column }) => column).filter((column) => column !== undefined);
  const meant = nearest(name, known);
  throw new D1Error({
    code: 'unknown-column',
    message: `The table has no column "${name}".`,
    fix: `${meant === undefined ? '' : `Did you mean ${meant}? `}Its columns are ${known.join(', ')}.`,
    exitCode: 2,
  });
}

const inUse = (name: string, constraint: string): D1Error =>
  new D1Error({
    code: 'column-in-use',
    message: `The column ${name} cannot go alone: ${constraint.replaceAll(/\s+/g, ' ')} names it.`,
    fix: 'Take that away too, with --noCheck, --noUnique or --noForeignKey, or drop that column as well.',
    exitCode: 2,
  });
