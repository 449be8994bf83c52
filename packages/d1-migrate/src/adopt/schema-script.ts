import { parentsFirst, type Schema } from 'd1-core/schema';
import { sameName } from 'd1-core/sql';

/**
 * A schema as the text of a migration: every table, parents first, with its indexes, then search indexes, views and
 * triggers, each as the database keeps it.
 */
export function schemaScript(schema: Schema): string {
  const tables = parentsFirst(schema).filter(({ storage }) => storage !== 'shadow');
  const ordinary = tables.filter(({ storage }) => storage === 'ordinary');
  const others = schema.objects();
  const blocks = [
    ...ordinary.map(({ name, sql }) => [
      sql,
      ...others
        .filter((object) => object.kind === 'index' && sameName(object.table, name))
        .map((object) => object.sql),
    ]),
    ...tables.filter(({ storage }) => storage === 'virtual').map(({ sql }) => [sql]),
    ...others.filter(({ kind }) => kind === 'view').map(({ sql }) => [sql]),
    ...others.filter(({ kind }) => kind === 'trigger').map(({ sql }) => [sql]),
  ];
  return blocks
    .map((statements) => statements.flatMap((sql) => (sql === undefined ? [] : [`${sql};\n`])).join('\n'))
    .join('\n');
}
