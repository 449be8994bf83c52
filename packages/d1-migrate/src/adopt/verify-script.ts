import { openShadowD1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import { describeSchemaChanges, diffSchemas, readSchema, type Schema } from 'd1-core/schema';
import { splitStatements, statementText, type Tokenize } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';

/** Runs a script on a throw-away D1, and sees to it that it gives a schema. Throws D1Error `schema-not-reached`. */
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
    message: 'The schema of the database cannot be made anew from its own statements.',
    fix: 'Correct in the database what is named below, and run this again.',
    notes: [...notes, 'Nothing was written.'],
  });
