import type { Column, ForeignKey, Schema, Table } from 'd1-core/schema';
import { markdownBlock, markdownCode as code, markdownTable, markdownText, plural } from 'd1-core/report';
import { sameName } from 'd1-core/sql';
import { erDiagram } from './er-diagram.ts';

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
    `${upTo}: ${plural(tables.length, 'table')}, ${plural(views.length, 'view')}. Written by the target \`schema-docs\`: do not change it by hand.`,
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
