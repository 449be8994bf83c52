import { existsSync } from 'node:fs';
import { localDatabaseFile, type D1 } from 'd1-core/database';
import { EMPTY_STATE, METADATA_TABLE, readDatabaseState, type DatabaseState } from 'd1-core/records';
import { makeThrowAwayFolder } from 'd1-core/node';
import { retryRead } from 'd1-core/run';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import { checkTargetStamp, localDatabase, openTarget, type Target } from 'd1-core/target';
import { readCatalog, withLocalCopy, type Catalog } from '../database/index.ts';

/** What is in the database that an archive is to be restored into. */
export interface TargetContents {
  readonly state: DatabaseState;
  readonly catalog: Catalog;
  /** The tables with their rows, our own of the lock and the stamp left out. */
  readonly tables: readonly TableRows[];
}

export interface TableRows {
  readonly name: string;
  readonly rows: number;
}

const EMPTY: TargetContents = {
  state: EMPTY_STATE,
  catalog: { objects: [], tables: [], virtualTables: [], parentIndexes: new Set(), internalTables: [] },
  tables: [],
};

/** A database with nothing in it that a restore could destroy. */
export const isEmpty = ({ catalog }: TargetContents): boolean =>
  catalog.objects.every(({ name }) => foldName(name) === METADATA_TABLE);

/**
 * Reads what a restore would destroy, and writes nothing. Throws D1Error `wrong-environment` for a database that is
 * stamped with another environment's name.
 */
export async function readTargetContents(target: Target): Promise<TargetContents> {
  if (target.environment.location === 'local') return readLocal(target);
  const d1 = openTarget(target);
  try {
    return await readContents(d1, target);
  } finally {
    await d1.close();
  }
}

/**
 * From a copy: workerd outlives a process that is killed, and a database that it has open cannot be replaced. To open one
 * that is not there would make it.
 */
async function readLocal(target: Target): Promise<TargetContents> {
  if (!existsSync(localDatabaseFile(localDatabase(target)))) return EMPTY;
  const workplace = makeThrowAwayFolder(target.persistTo);
  try {
    return await withLocalCopy(target, workplace.path, (d1) => readContents(d1, target));
  } finally {
    workplace.remove();
  }
}

async function readContents(d1: D1, target: Target): Promise<TargetContents> {
  const { migrationsTable } = target.database;
  const state = await retryRead(() => readDatabaseState(d1, migrationsTable));
  checkTargetStamp(target, state.stamp);
  const catalog = await retryRead(() => readCatalog(d1));
  const names = [
    ...catalog.tables.filter(({ name }) => foldName(name) !== METADATA_TABLE),
    ...catalog.virtualTables.filter(({ content }) => content === 'rows'),
  ].map(({ name }) => name);
  const counts = await retryRead(() =>
    d1.batch(names.map((name) => `SELECT count(*) AS rows FROM ${quoteIdentifier(name)}`)),
  );
  return {
    state,
    catalog,
    tables: names.map((name, index) => ({ name, rows: Number(counts[index]?.[0]?.['rows']) })),
  };
}
