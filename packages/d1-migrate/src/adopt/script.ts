import { openShadowD1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { describeSchemaChanges, diffSchemas, parentsFirst, readSchema, type Schema } from 'd1-core/schema';
import { sameName, splitStatements, statementText, type Tokenize } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';

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

/** Runs a script on a throw-away D1, and makes sure that it gives a schema. Throws D1Error `schema-not-reached`. */
export async function verifyScript(
  wrangler: Wrangler,
  script: string,
  schema: Schema,
  tokenize: Tokenize,
): Promise<void> {
  const shadow = openShadowD1(wrangler);
  try {
    await shadow.batch(
      splitStatements(tokenize(script)).map((statement) => statementText(script, statement)),
    );
    const differences = diffSchemas(schema, await readSchema(shadow), tokenize);
    if (differences.length > 0) throw notReached(describeSchemaChanges(differences));
  } catch (error) {
    if (!isD1Error(error) || error.code === 'schema-not-reached') throw error;
    throw notReached([error.message]);
  } finally {
    await shadow.close();
  }
}

const notReached = (notes: readonly string[]): D1Error =>
  new D1Error({
    code: 'schema-not-reached',
    message: 'The schema of the database cannot be rebuilt from its own statements.',
    fix: 'Correct in the database what is named below, and run this again.',
    notes: [...notes, 'Nothing was written.'],
  });
