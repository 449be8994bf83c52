import { primaryKeyOf, type ForeignKey, type Schema, type Table } from 'd1-core/schema';
import { mermaidText, mermaidWord as word } from 'd1-core/report';
import { sameName } from 'd1-core/sql';

/** The tables and their foreign keys as a Mermaid diagram. https://mermaid.js.org/syntax/entityRelationshipDiagram.html */
export function erDiagram(schema: Schema): readonly string[] {
  const tables = schema.tables().filter(({ storage }) => storage === 'ordinary');
  return [
    'erDiagram',
    ...tables.flatMap((table) => [
      `  ${entity(table.name)} {`,
      ...table.columns.map((column) => `    ${attribute(column, table)}`),
      '  }',
    ]),
    ...tables.flatMap((table) => table.foreignKeys.map((key) => `  ${relation(table, key, schema)}`)),
  ];
}

/** Names with other signs than letters, digits and underscores stand in quotes. */
const entity = (name: string): string => (/^[A-Za-z_]\w*$/.test(name) ? name : mermaidText(name));

function attribute({ name, type, primaryKey }: Table['columns'][number], table: Table): string {
  const isReference = table.foreignKeys.some(({ columns }) =>
    columns.some((column) => sameName(column, name)),
  );
  const keys = [...(primaryKey > 0 ? ['PK'] : []), ...(isReference ? ['FK'] : [])].join(', ');
  const plain = word(name);
  const comment = plain === name ? '' : ` ${mermaidText(name)}`;
  return `${word(type || 'ANY')} ${plain}${keys === '' ? '' : ` ${keys}`}${comment}`;
}

/** A parent that may be missing, and at most one child where the key is unique. */
function relation(table: Table, { columns, parent }: ForeignKey, schema: Schema): string {
  const isOptional = columns.some(
    (name) => table.columns.find((column) => sameName(column.name, name))?.notNull !== true,
  );
  const isSame = (others: readonly (string | undefined)[]) =>
    others.length === columns.length &&
    columns.every((column) => others.some((other) => other !== undefined && sameName(other, column)));
  const isUnique =
    isSame(primaryKeyOf(table)) ||
    schema.indexesOf(table.name).some((index) => index.unique && !index.partial && isSame(index.columns));
  const arrow = `${isOptional ? '|o' : '||'}--${isUnique ? 'o|' : 'o{'}`;
  return `${entity(parent)} ${arrow} ${entity(table.name)} : ${mermaidText(columns.join(', '))}`;
}
