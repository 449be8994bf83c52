import { dirname } from 'node:path';
import { commandLine } from 'd1-core/door';
import { D1Error, isObject } from 'd1-core/errors';
import { findRepository } from 'd1-core/git';
import { isOurTable, type DatabaseState } from 'd1-core/records';
import { readMigration, type MigrationFile } from 'd1-core/migrations';
import { plural } from 'd1-core/report';
import type { Target } from 'd1-core/target';
import type { Conflict, DatabaseOrder, LiveDatabase, NotPossible } from 'd1-queries';
import { HOW_TO_SPLIT } from 'd1-queries/source';
export { HOW_TO_SPLIT };
import { deployedCode, namedCode, type DeployedCode } from './deployed.ts';

/** What pending migrations do to the queries of the code that is deployed, and of the code that is here. */
export interface QueriesCheck {
  /** Undefined where nothing could be compared. */
  readonly order: DatabaseOrder | undefined;
  /** Why not, or why not certainly, as sentences. */
  readonly remarks: readonly string[];
  /** What keeps a protected environment from being changed: it is known which code is deployed, and it cannot be read. */
  readonly problem: NotPossible | undefined;
}

export interface QueriesRequest {
  readonly target: Target;
  readonly state: DatabaseState;
  readonly pending: readonly MigrationFile[];
  /** Git refs that somebody names beside what the journal says. */
  readonly deployed?: readonly string[] | undefined;
}

const NOT_INSTALLED =
  'The queries of the code were not compared with the migrations: d1-queries is not installed (npm install --save-dev d1-queries).';

/** Compares the code that is deployed, and that of the work tree, on what is pending in a database. Changes nothing. */
export async function compareQueries(request: QueriesRequest): Promise<QueriesCheck> {
  const { target, state, pending, deployed: refs = [] } = request;
  const queries = await installedQueries();
  if (queries === undefined) return { order: undefined, remarks: [NOT_INSTALLED], problem: undefined };
  const named = namedCode(refs, target.environment.workerName);
  const noted = deployedCode(state.journal);
  // Somebody who names code knows what the journal does not.
  const code = named.length > 0 ? [...named, ...noted.filter(({ ref }) => ref !== null)] : noted;
  const live = await liveDatabase(target, state, pending);
  const compare = (some: readonly DeployedCode[]) =>
    queries.orderFor(
      live,
      some.flatMap(({ ref, ...one }) => (ref === null ? [] : [{ ...one, ref }])),
    );
  const all = await compare(code);
  const isReplaced = named.length > 0 && !isOrder(all) && all.code === 'unknown-revision';
  // Only where git does not have what is noted, the named code takes its place.
  const found = isReplaced ? await compare(named) : all;
  if (isOrder(found)) {
    const remarks = isReplaced
      ? [`${all.message} Only what --deployed names was compared.`]
      : remarksOn(code);
    return { order: found, remarks, problem: undefined };
  }
  // A Worker of assets alone has no queries.
  return found.code === 'no-main'
    ? { order: undefined, remarks: [`The queries were not compared: ${found.message}`], problem: undefined }
    : { order: undefined, remarks: [], problem: found };
}

/** The package, where it is there. */
export async function installedQueries(): Promise<typeof import('d1-queries') | undefined> {
  try {
    return await import('d1-queries');
  } catch (error) {
    const isMissing =
      isObject(error) &&
      /^(ERR_)?MODULE_NOT_FOUND$/.test(String(error['code'])) &&
      String(error['message']).includes("'d1-queries'");
    if (isMissing) return undefined;
    throw error;
  }
}

/** A database as it was read, for d1-queries. */
export async function liveDatabase(
  { environment, database }: Target,
  { catalog }: DatabaseState,
  pending: readonly MigrationFile[],
): Promise<LiveDatabase> {
  const folder = dirname(environment.configFile);
  return {
    root: (await findRepository(folder)) ?? folder,
    configFile: environment.configFile,
    wranglerEnv: environment.wranglerEnv,
    binding: database.binding,
    catalog: catalog.filter(({ table }) => !isOurTable(table, database.migrationsTable)),
    pending: pending.map((file) => ({ name: file.name, text: readMigration(file).text })),
  };
}

export const isNotPossible = (found: object): found is NotPossible => 'fix' in found;
const isOrder = (found: DatabaseOrder | NotPossible): found is DatabaseOrder => !isNotPossible(found);

function remarksOn(code: readonly DeployedCode[]): readonly string[] {
  if (code.length === 0) {
    return [
      `Which code is deployed is not known, so nothing is known of its queries: ${commandLine('d1-migrate:deploy')} notes it, and --deployed=<git ref> names it.`,
    ];
  }
  return code.flatMap(({ worker, ref, changed, certain }) => {
    if (ref === null)
      return `The last deployment of ${worker} was not from a commit: nothing is known of its queries. --deployed=<git ref> names one.`;
    return [
      ...(changed > 0
        ? [
            `${worker} was deployed from ${ref.slice(0, 10)} with ${plural(changed, 'file')} that ${changed === 1 ? 'is' : 'are'} in no commit: only the queries of the commit were compared.`,
          ]
        : []),
      ...(certain
        ? []
        : [`Whether ${worker} of ${ref.slice(0, 10)} runs is not known: its upload broke off.`]),
    ];
  });
}

/** A query of the deployed code that a migration breaks. */
export interface BrokenQuery extends Conflict {
  readonly migration: string;
}

/** The queries of the deployed code that the pending migrations break, each with the first that does. */
export const brokenQueries = ({ order }: QueriesCheck): readonly BrokenQuery[] =>
  (order?.migrations ?? []).flatMap(({ migration, broken }) => broken.map((one) => ({ ...one, migration })));

/** What the journal notes of a run that breaks queries, or that was told which code is deployed. */
export interface QueriesNote {
  readonly deployed?: readonly string[];
  readonly broken?: readonly string[];
}

export interface QueriesNeed extends QueriesRequest {
  /** How many broken queries somebody has accepted. */
  readonly acceptBrokenQueries?: number | undefined;
}

/**
 * Makes sure that migrations break no query of the code that is deployed. Returns what was compared, and what the journal has to note.
 * Throws D1Error `breaks-queries`, and `unknown-revision` where the deployed code is known and git does not have it.
 */
export async function requireWorkingQueries(
  need: QueriesNeed,
): Promise<{ readonly check: QueriesCheck; readonly note: QueriesNote | undefined }> {
  const { target, acceptBrokenQueries, deployed = [] } = need;
  const check = await compareQueries(need);
  if (check.problem !== undefined) throw notComparable(target, check.problem);
  const broken = brokenQueries(check);
  if (broken.length !== (acceptBrokenQueries ?? 0)) throw breaksQueries(target, broken, acceptBrokenQueries);
  const note = {
    ...(deployed.length === 0 ? {} : { deployed }),
    ...(broken.length === 0 ? {} : { broken: broken.map(placeOf) }),
  };
  return { check, note: Object.keys(note).length === 0 ? undefined : note };
}

const placeOf = ({ revision, file, line, column, migration }: BrokenQuery): string =>
  `${revision.slice(0, 40)}: ${file}:${line}:${column} by ${migration}`;

const notComparable = ({ environment }: Target, { code, message, fix }: NotPossible): D1Error =>
  new D1Error({
    code,
    message: `${environment.name} is protected, and what the migrations do to the queries of its code is not known: ${message}`,
    fix,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });

function breaksQueries(
  { environment }: Target,
  broken: readonly BrokenQuery[],
  accepted: number | undefined,
): D1Error {
  const count = plural(broken.length, 'query', 'queries');
  return new D1Error({
    code: 'breaks-queries',
    message:
      accepted === undefined
        ? `The migrations break ${count} of the code that is deployed to ${environment.name}.`
        : `The migrations break ${count} of the code that is deployed to ${environment.name}, and ${accepted} ${accepted === 1 ? 'is' : 'are'} accepted.`,
    fix:
      broken.length === 0
        ? 'Leave out --acceptBrokenQueries.'
        : `Deploy code first that does without: ${commandLine('d1-migrate:deploy')} does both in the order that is safe. ${HOW_TO_SPLIT.join(' ')} --acceptBrokenQueries=${broken.length} accepts the failing requests until then; the journal notes it.`,
    notes: [...broken.map((one) => `  ${placeOf(one)}: ${one.message}`), 'Nothing was changed.'],
    exitCode: 2,
  });
}
