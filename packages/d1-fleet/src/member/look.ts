import { createHash } from 'node:crypto';
import type { D1, Row } from 'd1-core/database';
import {
  type DatabaseState,
  isOurTable,
  ownRecordsOf,
  readDatabaseState,
  readOwnRecordsStatements,
  restoreMarkOf,
} from 'd1-core/records';
import { retryRead, type Clock } from 'd1-core/run';
import { type CatalogEntry, fingerprint, READ_CATALOG, readCatalog, schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import type { DesiredMigration } from './desired.ts';
import { standingOf, type Standing } from './standing.ts';

/** What was seen of a member at one moment. */
export interface Look {
  readonly standing: Standing;
  /** The names in its history, in order. */
  readonly history: readonly string[];
  /** The id of the last row of its journal; 0 without one. */
  readonly journal: number;
  /** SHA-256 of what its schema means; `fingerprint` of `d1-core/schema`. */
  readonly schema: string;
  /** What the run that looks has applied, by the journal. */
  readonly mine: readonly string[];
}

/** What all members of a fleet have in common. */
export interface FleetTarget {
  /** What wrangler calls its history in them. */
  readonly historyTable: string;
  readonly environment: string;
  readonly desired: readonly DesiredMigration[];
  /** What waits between two attempts to read. */
  readonly clock?: Clock | undefined;
}

/**
 * Looks at a member: one request where it was migrated before, two or three where not, and again where Cloudflare was too busy.
 * Throws what the database says.
 */
export const lookAt = async (d1: D1, fleet: FleetTarget, run?: string): Promise<Look> =>
  lookOf(await retryRead(() => readDatabaseState(d1, fleet.historyTable), fleet.clock), fleet, run);

/** What a look asks, where all tables are there. */
export const lookStatements = ({ historyTable }: FleetTarget): readonly string[] => [
  ...readOwnRecordsStatements(historyTable),
  READ_CATALOG,
];

/** What they answer. */
export function lookFrom(
  answers: readonly (readonly Row[])[],
  fleet: FleetTarget,
  run: string,
): Promise<Look> {
  const [, , metadata = [], catalog = []] = answers;
  const restoring = restoreMarkOf(metadata);
  return lookOf({ ...ownRecordsOf(answers), restoring, catalog: readCatalog(catalog) }, fleet, run);
}

async function lookOf(
  state: DatabaseState,
  { historyTable, environment, desired }: FleetTarget,
  run: string | undefined,
): Promise<Look> {
  const own = state.catalog.filter(({ table }) => !isOurTable(table, historyTable));
  const tables = own.filter(({ type }) => type === 'table').map(({ name }) => name);
  return {
    standing: standingOf(state, tables, desired, environment),
    history: state.history.map(({ name }) => name),
    journal: state.journal.at(-1)?.id ?? 0,
    schema: await fingerprintOf(own),
    mine: state.journal.flatMap((entry) =>
      entry.run === run && entry.outcome === 'applied' && entry.migration !== null ? [entry.migration] : [],
    ),
  };
}

/** By catalogue: most members of a fleet have the same one. */
const fingerprints = new Map<string, Promise<string>>();

function fingerprintOf(catalog: readonly CatalogEntry[]): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(catalog)).digest('base64');
  const known = fingerprints.get(key) ?? readFingerprint(catalog);
  fingerprints.set(key, known);
  return known;
}

const readFingerprint = async (catalog: readonly CatalogEntry[]): Promise<string> =>
  fingerprint(await schemaOf(catalog), await loadTokenizer());
