import { isObject } from 'd1-core/errors';
import * as v from 'valibot';
import { archiveError } from './archive-error.ts';
import { count, fields, list, readShape, sha256, text, type Immutable } from 'd1-core/shape';

/** The version of the shape of `migration_state.json`. */
export const STATE_VERSION = 1;

const migrationState = fields({
  stateVersion: v.literal(STATE_VERSION, String(STATE_VERSION)),
  /** Wrangler's history, `d1_migrations` by default. */
  historyTable: text,
  /** The rows of the history, in its order; empty where there is no such table. Times as wrangler's table holds them. */
  applied: list(fields({ id: count, name: text, appliedAt: text })),
  /** The files of the migrations folder, in wrangler's order, with the checksums that d1-core/migrations makes. */
  files: list(fields({ name: text, rawChecksum: sha256, tokenChecksum: sha256 })),
});

/** What `migration_state.json` of an archive says: where the database stood, and which files there were. */
export type MigrationState = Immutable<v.InferOutput<typeof migrationState>>;

/** Reads the text of `migration_state.json`. Undefined for one of another tool. Throws D1Error `damaged-archive`. */
export function readMigrationState(json: string, file: string): MigrationState | undefined {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch (cause) {
    throw archiveError('damaged-archive', file, 'has a migration_state.json that is not JSON', { cause });
  }
  if (!isObject(value) || value['stateVersion'] === undefined) return undefined;
  if (typeof value['stateVersion'] === 'number' && value['stateVersion'] > STATE_VERSION)
    throw archiveError('newer-archive', file, 'has a migration_state.json of a newer version');
  const read = readShape(migrationState, value);
  if ('value' in read) return read.value;
  throw archiveError('damaged-archive', file, `has a damaged migration_state.json: ${read.problem}`);
}
