import type { Row } from 'd1-core/database';
import { isOurTable } from 'd1-core/history';
import { fingerprint, readCatalog, schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import type { ApprovedPlan } from './read-plan.ts';

/** Says so when a database has another schema behind a plan than the rehearsal had; `rows` are those of its catalog. */
export async function schemaWarnings(
  { schemaAfter }: ApprovedPlan,
  { database }: Target,
  rows: readonly Row[] | undefined,
): Promise<readonly string[]> {
  if (rows === undefined) return ['The schema could not be compared with the one that the plan expects.'];
  const catalog = readCatalog(rows).filter(({ table }) => !isOurTable(table, database.migrationsTable));
  const found = fingerprint(await schemaOf(catalog), await loadTokenizer());
  return found === schemaAfter
    ? []
    : ['The schema is not the one that the plan expects; the target "status" shows what differs.'];
}
