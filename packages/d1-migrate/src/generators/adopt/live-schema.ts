import { D1Error } from 'd1-core/errors';
import type { Schema } from 'd1-core/schema';
import { survey, surveySchema } from '../../survey/index.ts';
import { openTarget, type Target } from 'd1-core/target';

/** The schema of the database of an environment, without the tables of the tools. Writes nothing. */
export async function readLiveSchema(target: Target): Promise<Schema> {
  const d1 = openTarget(target);
  try {
    const schema = await surveySchema(await survey(target, d1));
    if (schema.tables().length > 0) return schema;
    const { name } = target.environment;
    throw new D1Error({
      code: 'empty-database',
      message: `The database of ${name} has no tables, so there is nothing to make a first migration from.`,
      fix: 'Name the environment whose database is in use: --environment=production',
      exitCode: 2,
    });
  } finally {
    await d1.close();
  }
}
