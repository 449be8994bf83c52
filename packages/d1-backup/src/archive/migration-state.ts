import { archiveError } from './archive-error.ts';
import { count, fields, isObject, list, sha256, ShapeError, text, type Read } from './json-shape.ts';

/** The version of the shape of `migration_state.json`. */
export const STATE_VERSION = 1;

/** What `migration_state.json` of an archive says: where the database stood, and which files there were. */
export interface MigrationState {
  readonly stateVersion: typeof STATE_VERSION;
  /** Wrangler's history, `d1_migrations` by default. */
  readonly historyTable: string;
  /** The rows of the history, in its order; empty where there is no such table. */
  readonly applied: readonly AppliedRecord[];
  /** The files of the migrations folder, in wrangler's order, applied or not. */
  readonly files: readonly MigrationFileRecord[];
}

export interface AppliedRecord {
  readonly id: number;
  readonly name: string;
  /** UTC, as wrangler's table holds it: `YYYY-MM-DD HH:MM:SS`. */
  readonly appliedAt: string;
}

export interface MigrationFileRecord {
  readonly name: string;
  /** SHA-256, in hexadecimal, as `checksums` of d1-core/migrations has them. */
  readonly rawChecksum: string;
  readonly tokenChecksum: string;
}

/** Reads the text of `migration_state.json`. Undefined for one of another tool. Throws D1Error `damaged-archive`. */
export function readMigrationState(json: string, file: string): MigrationState | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (!isObject(value) || value['stateVersion'] === undefined) return undefined;
    if (typeof value['stateVersion'] === 'number' && value['stateVersion'] > STATE_VERSION) {
      throw archiveError('newer-archive', file, 'has a migration_state.json of a newer version');
    }
    return state(value, '');
  } catch (error) {
    if (!(error instanceof ShapeError) && !(error instanceof SyntaxError)) throw error;
    throw archiveError('damaged-archive', file, `has a damaged migration_state.json: ${error.message}`);
  }
}

const state: Read<MigrationState> = (value, at) => {
  const field = fields(value, at);
  return {
    stateVersion: field('stateVersion', oneVersion),
    historyTable: field('historyTable', text),
    applied: field('applied', list(applied)),
    files: field('files', list(migrationFile)),
  };
};

const oneVersion: Read<typeof STATE_VERSION> = (value, at) => {
  if (value === STATE_VERSION) return STATE_VERSION;
  throw new ShapeError(at, String(STATE_VERSION), value);
};

const applied: Read<AppliedRecord> = (value, at) => {
  const field = fields(value, at);
  return { id: field('id', count), name: field('name', text), appliedAt: field('appliedAt', text) };
};

const migrationFile: Read<MigrationFileRecord> = (value, at) => {
  const field = fields(value, at);
  return {
    name: field('name', text),
    rawChecksum: field('rawChecksum', sha256),
    tokenChecksum: field('tokenChecksum', sha256),
  };
};
