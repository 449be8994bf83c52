import {
  markdownBlock,
  markdownCode as code,
  markdownTable,
  markdownText,
  mermaidText,
  mermaidWord as word,
  plural,
} from 'd1-core/report';
import { type Column, type ForeignKey, primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { sameName } from 'd1-core/sql';

/** The schema as a page of Markdown; always the same for the same migrations. */
export function schemaPage(schema: Schema, lastMigration: string | undefined): string {
  const tables = schema.tables().filter(({ storage }) => storage !== 'shadow');
  const views = schema.objects().filter((object) => object.kind === 'view');
  const upTo =
    lastMigration === undefined
      ? 'There is no migration yet'
      : `What the migrations give, up to ${code(lastMigration)}`;
  const lines = [
    '# Schema',
    '',
    `${upTo}: ${plural(tables.length, 'table')}, ${plural(views.length, 'view')}. Written by \`d1-migrate schema-docs\`: do not change it by hand.`,
    ...(tables.length === 0 ? [] : ['', '```mermaid', ...erDiagram(schema), '```']),
    ...tables.flatMap((table) => ['', ...tableSection(table, schema)]),
    ...views.flatMap(({ name, sql }) => ['', `## View ${markdownText(name)}`, '', ...sqlBlock(sql)]),
  ];
  return `${lines.join('\n')}\n`;
}

function tableSection(table: Table, schema: Schema): readonly string[] {
  const indexes = schema.indexesOf(table.name).filter(({ sql }) => sql !== undefined);
  const triggers = schema.triggersOf(table.name);
  const references = schema.referencesTo(table.name);
  const notes = [
    ...(table.strict ? ['`STRICT`'] : []),
    ...(table.withoutRowid ? ['`WITHOUT ROWID`'] : []),
    ...(table.autoincrement ? ['`AUTOINCREMENT`'] : []),
  ];
  if (table.storage === 'virtual') return [`## ${markdownText(table.name)}`, '', ...sqlBlock(table.sql)];
  return [
    `## ${markdownText(table.name)}`,
    '',
    ...(notes.length === 0 ? [] : [`${notes.join(', ')}.`, '']),
    ...markdownTable(
      ['Column', 'Type', 'NULL', 'Default', 'Key'],
      table.columns.map((column) => columnRow(column, table)),
    ),
    ...list(
      'Indexes',
      indexes.map(({ name, columns, unique, partial }) => {
        const what = columns
          .map((column) => (column === undefined ? 'an expression' : markdownText(column)))
          .join(', ');
        return `${code(name)}: ${what}${unique ? ', unique' : ''}${partial ? ', partial' : ''}`;
      }),
    ),
    ...list(
      'Referenced by',
      references.map(
        ({ child, foreignKey }) =>
          `${code(`${child.name}.${foreignKey.columns.join(', ')}`)}, on delete ${foreignKey.onDelete.toLowerCase()}`,
      ),
    ),
    ...list(
      'Triggers',
      triggers.map(({ name }) => code(name)),
    ),
  ];
}

function columnRow(column: Column, table: Table): readonly string[] {
  const { name, type, notNull, defaultValue, primaryKey, generated } = column;
  const keys = table.foreignKeys.filter(({ columns }) => columns.some((one) => sameName(one, name)));
  return [
    code(name),
    type === '' ? '' : code(type),
    notNull || primaryKey > 0 ? 'no' : 'yes',
    generated === 'no' ? (defaultValue === undefined ? '' : code(defaultValue)) : `generated, ${generated}`,
    [...(primaryKey > 0 ? ['primary'] : []), ...keys.map((key) => reference(key, name))].join(', '),
  ];
}

function reference({ columns, parent, parentColumns }: ForeignKey, name: string): string {
  const index = columns.findIndex((column) => sameName(column, name));
  const to = parentColumns?.[index];
  return `→ ${code(to === undefined ? parent : `${parent}.${to}`)}`;
}

const list = (heading: string, items: readonly string[]): readonly string[] =>
  items.length === 0 ? [] : ['', `${heading}:`, '', ...items.map((item) => `- ${item}`)];

const sqlBlock = (sql: string): readonly string[] => markdownBlock('sql', `${sql};`.split(/\r?\n/));

/** The tables and their foreign keys as a Mermaid diagram. https://mermaid.js.org/syntax/entityRelationshipDiagram.html */
function erDiagram(schema: Schema): readonly string[] {
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
