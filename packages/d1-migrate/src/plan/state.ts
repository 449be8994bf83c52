import { createHash } from 'node:crypto';
import { provedClass, readRollbackScript, type MigrationFile } from 'd1-core/migrations';
import { fingerprint } from 'd1-core/schema';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import { KEPT_ROWS } from '../rollback-script/index.ts';
import { surveySchema, type Survey } from '../status/index.ts';
import type { PlannedRollback, PlannedState } from './plan.ts';

/** What a plan that is made now would be of. Asks the database nothing. */
export async function plannedState(
  survey: Survey,
  pending: readonly MigrationFile[],
  pluginVersion: string,
): Promise<PlannedState> {
  const { target, state, checksumsOf } = survey;
  const { environment, database, wrangler } = target;
  const [schema, tokenize] = await Promise.all([surveySchema(survey), loadTokenizer()]);
  return {
    environment: environment.name,
    database: {
      binding: database.binding,
      name: database.databaseName ?? null,
      id: database.databaseId ?? null,
    },
    wranglerVersion: wrangler.version,
    pluginVersion,
    applied: state.history.map(({ name }) => name),
    migrations: pending.map((file) => {
      const { raw, tokens } = checksumsOf(file.name);
      return { name: file.name, raw, tokens, rollback: rollbackOf(file, tokens, wrangler.version, tokenize) };
    }),
    schema: fingerprint(schema, tokenize),
  };
}

function rollbackOf(
  file: MigrationFile,
  checksum: string,
  wrangler: string,
  tokenize: Tokenize,
): PlannedRollback {
  const script = readRollbackScript(file, tokenize);
  if (script === undefined) return { class: 'none', loses: [], checksum: null };
  return {
    class: provedClass(script, checksum, wrangler),
    loses: [
      ...script.losses.map(
        ({ table, column, what }) => `${table}${column === undefined ? '' : `.${column}`}: ${what}`,
      ),
      ...script.kept.map((table) => `${table}: ${KEPT_ROWS} stay`),
    ],
    checksum: createHash('sha256').update(script.text).digest('hex'),
  };
}
