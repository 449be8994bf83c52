import { D1Error, nearest } from 'd1-core/errors';
import { partOfColumn, type TableDefinition, type TablePart } from 'd1-core/rebuild';
import { identifier, isTrivia, sameName, unquote, type Tokenize } from 'd1-core/sql';
import { editColumn, withDefault, without, withNotNull, withType, type ColumnEdit } from './edit-column.ts';
import type { TableEdits } from './read-edits.ts';

/**
 * Changes the definition of a table; renamed columns have their new names already. What goes is taken away before
 * anything is added. Throws D1Error `unknown-column`, or `column-in-use` for a dropped column that a constraint names.
 */
export function editTable(original: TableDefinition, edits: TableEdits, tokenize: Tokenize): TableDefinition {
  let definition = original;
  const mentions = ({ text }: TablePart, name: string) =>
    tokenize(text).some((token) => !token.text.startsWith("'") && sameName(unquote(token.text), name));
  const replaceParts = (change: (part: TablePart) => TablePart | readonly TablePart[]) => {
    definition = { ...definition, parts: definition.parts.flatMap(change) };
  };
  const change = (name: string, edit: ColumnEdit) => {
    const part = requirePart(definition, name);
    replaceParts((one) => (one === part ? { ...one, text: editColumn(one.text, edit, tokenize) } : one));
  };
  const removeConstraints = (word: string, column: string) =>
    replaceParts((part) => {
      const isMeant = part.column === undefined && firstWord(part, tokenize) === word;
      return isMeant && mentions(part, column) ? [] : part;
    });
  const addConstraint = (text: string) => {
    const last = definition.parts.at(-1);
    const leading = last?.leading ?? '';
    const added = { column: undefined, leading: /^\s+$/.test(leading) ? leading : ' ', text, trailing: '' };
    // What follows the last part, such as the end of its line, follows the new one.
    replaceParts((part) =>
      part === last
        ? [
            { ...part, trailing: '' },
            { ...added, trailing: part.trailing },
          ]
        : part,
    );
  };

  for (const name of edits.dropChecks) {
    change(name, without('check'));
    removeConstraints('check', name);
  }
  for (const name of edits.dropForeignKeys) {
    change(name, without('references'));
    removeConstraints('foreign', name);
  }
  for (const name of edits.dropColumns) {
    const part = requirePart(definition, name);
    const user = definition.parts.find((one) => one !== part && mentions(one, name));
    if (user !== undefined) throw inUse(name, user.text);
    replaceParts((one) => (one === part ? [] : one));
  }
  for (const { column, type } of edits.types) change(column, withType(type));
  for (const name of edits.nullable) change(name, without('not-null'));
  for (const name of edits.dropDefaults) change(name, without('default'));
  for (const name of edits.notNull) change(name, withNotNull);
  if (edits.setDefault !== undefined) {
    change(edits.setDefault.column, withDefault(edits.setDefault.expression, tokenize));
  }
  for (const { column, parent, parentColumn, onDelete } of edits.addForeignKeys) {
    requirePart(definition, column);
    addConstraint(
      `FOREIGN KEY (${identifier(column)}) REFERENCES ${identifier(parent)} (${identifier(parentColumn)}) ON DELETE ${onDelete}`,
    );
  }
  if (edits.addCheck !== undefined) addConstraint(`CHECK (${edits.addCheck})`);
  return definition;
}

/** The word that tells what a constraint of the table is, behind its name. */
function firstWord({ text }: TablePart, tokenize: Tokenize): string | undefined {
  const words = tokenize(text)
    .filter((token) => !isTrivia(token))
    .map((token) => token.text.toLowerCase());
  return words[0] === 'constraint' ? words[2] : words[0];
}

function requirePart(definition: TableDefinition, name: string): TablePart {
  const part = partOfColumn(definition, name);
  if (part !== undefined) return part;
  throw unknownColumn(
    name,
    definition.parts.flatMap(({ column }) => column ?? []),
  );
}

export function unknownColumn(name: string, known: readonly string[]): D1Error {
  const meant = nearest(name, known);
  return new D1Error({
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
    fix: 'Take that away too, with --dropCheck or --dropForeignKey, or drop that column as well; for anything else leave --drop out, and change the table in the file that is written.',
    exitCode: 2,
  });
