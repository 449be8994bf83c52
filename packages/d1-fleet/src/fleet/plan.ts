import { isD1Error } from 'd1-core/errors';
import { changedTables } from 'd1-core/records';
import { foldName, loadParser, loadTokenizer, splitStatements } from 'd1-core/sql';
import { describeRehearsal, rehearse, type RehearseResult } from 'd1-migrate/source';
import type { DesiredMigration } from '../member/desired.ts';
import type { Look } from '../member/look.ts';
import { type Member, memberTarget } from '../members/member.ts';
import { groupKey, sealed, type ApprovedPlan, type PlannedGroup, type Rehearsed } from './plan-file.ts';
import { chosen, runWaves, type WavesRequest } from './run-waves.ts';
import { withFleet, type FleetRequest, type OpenFleet } from './status.ts';
import { spread, survey } from './survey.ts';

export interface PlanRequest
  extends FleetRequest, Pick<WavesRequest, 'only' | 'skip' | 'signal' | 'onProgress'> {
  /** Databases of each group on whose data the migrations are rehearsed; at least one. */
  readonly rehearsals: number;
}

/** What a plan found. */
export interface FleetPlan {
  /** As it is written for approval. */
  readonly file: ApprovedPlan;
  /** Members that have all migrations. */
  readonly current: readonly Member[];
  /** Members that cannot be migrated, or could not be read. */
  readonly hindered: readonly Member[];
  /** Members with pending migrations. */
  readonly behind: number;
  /** What the rehearsals that did not pass said, by the member. */
  readonly reports: readonly { readonly member: Member; readonly lines: readonly string[] }[];
}

/** Whether every group was rehearsed and passed, and nothing stands in the way of a database. */
export const isReady = ({ file, hindered }: FleetPlan): boolean =>
  hindered.length === 0 && file.groups.every(({ passed }) => passed);

/**
 * Groups the members by history and schema, and rehearses what is pending on copies of the data of some members of each group. Changes
 * nothing. Throws D1Error for what is wrong with the list, the folder or the options.
 */
export const fleetPlan = (request: PlanRequest): Promise<FleetPlan> =>
  withFleet(request, (opened) => planFleet(request, opened));

async function planFleet(request: PlanRequest, opened: OpenFleet): Promise<FleetPlan> {
  const { target } = request;
  const members = chosen(opened.members, { ...request, canaries: [] });
  const { seen } = await survey({ ...request, ...opened, members });
  const lookOf = (member: Member) => seen.get(member)?.look;
  const isBehind = (member: Member) => lookOf(member)?.standing.state === 'behind';
  const behind = members.filter(isBehind);
  const current = members.filter((member) => lookOf(member)?.standing.state === 'current');
  const groups = Map.groupBy(behind, (member) => {
    const look = lookOf(member);
    return look === undefined ? '' : groupKey(look);
  });
  const picked = [...groups.values()].flatMap((group) => spread(group, Math.max(1, request.rehearsals)));
  const lacked = new Set(behind.flatMap((member) => namesOf(lookOf(member))));
  const tables = await tablesIn(opened.fleet.desired.filter(({ name }) => lacked.has(name)));
  const results = await rehearseAll(request, picked, tables);
  const planned = [...groups.values()].flatMap((group): readonly PlannedGroup[] => {
    const [first] = group;
    const look = first === undefined ? undefined : lookOf(first);
    if (look === undefined) return [];
    const rehearsals = group.flatMap((member) => results.get(member)?.rehearsed ?? []);
    return [
      {
        history: [...look.history],
        schema: look.schema,
        databases: group.length,
        pending: namesOf(look),
        rehearsals,
        passed: rehearsals.length > 0 && rehearsals.every(({ outcome }) => outcome === 'passed'),
      },
    ];
  });
  return {
    file: sealed({
      time: new Date().toISOString(),
      environment: target.environment.name,
      binding: target.database.binding,
      migrations: opened.fleet.desired.map(({ name, checksums }) => ({ name, tokens: checksums.tokens })),
      groups: planned.toSorted((a, b) => b.databases - a.databases),
    }),
    current,
    hindered: members.filter((member) => !current.includes(member) && !isBehind(member)),
    behind: behind.length,
    reports: [...results].flatMap(([member, { rehearsed, lines }]) =>
      rehearsed.outcome === 'passed' ? [] : [{ member, lines }],
    ),
  };
}

const namesOf = (look: Look | undefined): string[] =>
  look?.standing.state === 'behind' ? look.standing.pending.map(({ name }) => name) : [];

interface Result {
  readonly rehearsed: Rehearsed;
  readonly lines: readonly string[];
}

/** Copies of databases that are there at a time: each has a database file and a workerd. */
const COPIES = 2;

async function rehearseAll(
  { target, signal, onProgress }: PlanRequest,
  members: readonly Member[],
  names: ReadonlySet<string>,
): Promise<ReadonlyMap<Member, Result>> {
  let done = 0;
  const { outcomes, stop } = await runWaves({
    waves: [{ name: 'all', members }],
    async work(member): Promise<Result> {
      onProgress?.(`Rehearsing on a copy of ${member.name}`, done / members.length);
      const result = await rehearsedOn(member, names, () =>
        rehearse({ target: memberTarget(target, member), source: { kind: 'database' }, recorded: false }),
      );
      done += 1;
      return result;
    },
    isGood: () => true,
    maxFailures: () => false,
    concurrency: COPIES,
    signal,
  });
  if (stop !== undefined) signal.throwIfAborted();
  return outcomes;
}

async function rehearsedOn(
  { id, name }: Member,
  names: ReadonlySet<string>,
  work: () => Promise<RehearseResult>,
): Promise<Result> {
  try {
    const result = await work();
    const durationMs = Math.round(
      result.migrations.reduce((sum, migration) => sum + migration.durationMs, 0),
    );
    const rehearsed = { id, name, outcome: result.outcome, durationMs, rows: rowsIn(result, names) };
    return { rehearsed, lines: describeRehearsal(result).slice(1) };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    const rehearsed = { id, name, outcome: error.code, durationMs: 0, rows: 0 };
    return { rehearsed, lines: [error.message] };
  }
}

/** The tables that statements write or define; foreign keys and triggers may reach others. */
async function tablesIn(migrations: readonly DesiredMigration[]): Promise<ReadonlySet<string>> {
  const [parse, tokenize] = await Promise.all([loadParser(), loadTokenizer()]);
  const names = new Set<string>();
  for (const sql of migrations.flatMap(({ statements }) => statements)) {
    for (const statement of splitStatements(tokenize(sql))) {
      const parsed = await parse(sql, statement);
      if (parsed.outcome !== 'parsed') continue;
      for (const { text } of changedTables(parsed.tree)) names.add(foldName(text));
    }
  }
  return names;
}

const rowsIn = ({ tables }: RehearseResult, names: ReadonlySet<string>): number =>
  tables.reduce(
    (sum, { table, before = 0, after = 0 }) =>
      names.has(foldName(table)) ? sum + Math.max(before, after) : sum,
    0,
  );
