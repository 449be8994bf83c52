/**
 * What the commands do, as functions for scripts and tests. Each takes one object: the options of the command by their names,
 * `folder` for the Worker, `environment` and `database`. It prints nothing and asks nothing, returns what it found, and throws
 * `D1Error`. What protects an environment comes from the files around the Worker.
 */
import { functionOf } from 'd1-core/script';
import {
  COMMANDS,
  baselineCommand,
  byScript,
  migrateCommand,
  planCommand,
  resetCommand,
  rollbackCommand,
  schemaDocsCommand,
  statusCommand,
  statusOfAll as allEnvironments,
  statusOfOne,
  unlockCommand,
  validateCommand,
} from './commands/index.ts';

const NOT_OF_STATUS = ['all', 'check', 'history', 'audit'] as const;

/**
 * Where a database stands: its migrations with their states, whether files and history agree, and `drift`, what its schema has
 * that the applied migrations do not give. Writes nothing.
 *
 * Throws `no-wrangler-config`, `unknown-environment`, `no-migrations-folder`, and for a remote database what Cloudflare says.
 *
 * @example
 * ```ts
 * import { status } from 'd1-migrate';
 *
 * const { pending, consistent, drift } = await status({ folder: 'apps/api', environment: 'development' });
 * const isUpToDate = pending === 0 && consistent && drift.changes.length === 0;
 * ```
 */
export const status = functionOf(COMMANDS, { ...statusCommand, run: statusOfOne }, NOT_OF_STATUS);

/**
 * The same for all environments: `environments` has a status for each, or the error with which it could not be read;
 * `complete` says whether all could.
 */
export const statusOfAll = functionOf(COMMANDS, { ...statusCommand, run: allEnvironments }, [
  ...NOT_OF_STATUS,
  'environment',
]);

/**
 * Applies the pending migrations through wrangler, and reads the database again: `outcome`, `migrations` with the outcome of
 * each, `losses` of rows, the `bookmark` (remote) or `snapshot` (local) from before, `warnings`. A migration that fails
 * does not throw: it is the `error` of the result, and those before it stay applied. `timeout` is in seconds, `durationMs` in
 * milliseconds.
 *
 * Throws what blocks a run before anything is changed: `not-confirmed` without `confirm` for a protected environment,
 * `not-rehearsed`, `plan-changed`, `locked`, and what `status` throws.
 *
 * @example
 * ```ts
 * import { migrate } from 'd1-migrate';
 *
 * const { migrations, error } = await migrate({ folder: 'apps/api' });
 * if (error !== undefined) throw error;
 * const applied = migrations.map(({ name }) => name);
 * ```
 */
export const migrate = functionOf(COMMANDS, migrateCommand);

/**
 * Rehearses the pending migrations on a throw-away copy of the data: `migrations` with their losses, lint findings, ways back,
 * and `problems`, the reasons for which the plan must not be applied. With `output` it is written as a file for `migrate`.
 */
export const plan = functionOf(COMMANDS, planCommand);

/**
 * Rolls migrations back by their rollback scripts, each in one transaction with its row of the history: the last one, or `steps`,
 * or all after `to`. A script that fails is `outcome: 'failed'` with `error`.
 *
 * Throws `no-rollback-script`, `drifted`, `not-confirmed`, and what `status` throws; then nothing was changed.
 *
 * @example
 * ```ts
 * import { rollback } from 'd1-migrate';
 *
 * const { outcome } = await rollback({ folder: 'apps/api', to: '0002' });
 * ```
 */
export const rollback = functionOf(COMMANDS, { ...rollbackCommand, run: byScript }, ['strategy']);

/**
 * Runs all migrations and rollback scripts on throw-away databases, empty and with rows. Returns one result for each database of
 * the Worker, or for the one that is named; its `problems` have a `severity`, a `code`, a file and a line from 1.
 */
export const validate = functionOf(COMMANDS, validateCommand);

/** Records in the history the migrations that a database already has. `plan.recorded` are their names. */
export const baseline = functionOf(COMMANDS, baselineCommand);

/** Replaces a local database by a fresh one with all migrations. Throws `remote-environment` for any other. */
export const reset = functionOf(COMMANDS, resetCommand);

/** Frees the lock that a dead run holds on a remote database. */
export const unlock = functionOf(COMMANDS, unlockCommand);

/** Compares the change log and the schema page of each database with the migrations, or writes them with `write`. */
export const schemaDocs = functionOf(COMMANDS, schemaDocsCommand);

export { D1Error, isD1Error } from 'd1-core/errors';
export type { BaselineResult } from './adopt/index.ts';
export type { MigrateResult, MigrationResult } from './apply/index.ts';
export type { Plan } from './plan/index.ts';
export type { ResetResult } from './reset/index.ts';
export type { RollbackResult } from './rollback/index.ts';
export type { SchemaDocsResult } from './schema-docs/index.ts';
export type { Drift, Standing, StatusMatrix } from './status/index.ts';
export type { UnlockResult } from './unlock/index.ts';
export type { Problem, ValidateResult } from './validate/index.ts';
