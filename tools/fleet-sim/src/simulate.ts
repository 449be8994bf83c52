import { join } from 'node:path';
import type { D1 } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { resolveTarget, type Target } from 'd1-core/target';
import {
  LIMIT,
  UNLIMITED,
  limitedPace,
  migrateFleet,
  openLedger,
  paced,
  parseMaxFailures,
  readDesired,
} from 'd1-fleet/source';
import { ModelDatabases, type Content } from './databases.ts';
import { VirtualClock } from './virtual-clock.ts';

export interface Simulation {
  readonly databases: number;
  /** The part of requests, or of databases, that each kind of fault strikes. */
  readonly faults: number;
  readonly seed: number;
  /** Times that the run is killed, at a random request each. */
  readonly kills: number;
  /** A database whose migrations folder has the migrations, and whose fleet is modelled. */
  readonly target: Target;
  /** A folder for the ledger. */
  readonly folder: string;
}

export interface Simulated {
  /** Databases in which a migration was applied more than once. */
  readonly appliedTwice: number;
  /** Databases whose history and tables do not say the same. */
  readonly lost: number;
  /** Databases that are not migrated, and that the last report does not name. */
  readonly unnamed: number;
  readonly applied: number;
  readonly named: number;
  readonly runs: number;
  readonly requests: number;
  readonly simulatedSeconds: number;
  /** What the limit gives at one request for each database. */
  readonly floorSeconds: number;
}

/** Milliseconds of a request at Cloudflare. */
const LATENCY = 120;

/** Requests that are answered in five minutes, of all that are sent; then all are refused for as long. */
class Limit {
  readonly #sent: number[] = [];
  #blockedUntil = -1;

  takes(now: number): boolean {
    if (now < this.#blockedUntil) return false;
    while ((this.#sent[0] ?? now) <= now - LIMIT.seconds * 1000) this.#sent.shift();
    this.#sent.push(now);
    if (this.#sent.length <= LIMIT.requests) return true;
    this.#blockedUntil = now + LIMIT.seconds * 1000;
    return false;
  }
}

/** The database whose migrations the model has. */
export const modelTarget = (): Target =>
  resolveTarget({ wranglerConfig: 'model.toml', environment: 'staging' }, join(import.meta.dirname, '..'));

class Killed extends Error {}

/** https://github.com/bryc/code/blob/master/jshash/PRNGs.md#mulberry32 */
function mulberry32(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

const failure = (code: string, retryAfter?: number) =>
  new D1Error({ code, message: code, fix: '', retryAfter });

/** Migrates a fleet of modelled databases on a clock of its own, with faults, and counts what came of it. */
export async function simulate(simulation: Simulation): Promise<Simulated> {
  const { databases, faults, seed, kills, target, folder } = simulation;
  const random = mulberry32(seed);
  const strikes = () => random() < faults;
  const clock = new VirtualClock();
  const model = new ModelDatabases();
  const limit = new Limit();
  const contents = new Map<string, Content | undefined>();
  const members = Array.from({ length: databases }, (_, index) => {
    const id = `tenant-${index}`;
    contents.set(id, model.contentOf(''));
    return { id, name: id, wave: undefined };
  });
  let requests = 0;
  let killAt = Infinity;

  /** While the fleet is brought to where the run that is simulated finds it. */
  let isPreparing = true;

  const change = async (id: string, statements: readonly string[]) => {
    const content = contents.get(id);
    if (content === undefined) throw failure('unknown-database');
    const answer = await model.run(content, statements);
    contents.set(id, answer.content);
    return answer.rows;
  };
  const open = (id: string): D1 => ({
    location: 'remote',
    close: async () => undefined,
    async batch(statements) {
      if (requests >= killAt) throw new Killed('killed');
      requests += 1;
      if (isPreparing) return change(id, statements);
      await clock.sleep(LATENCY / 2);
      if (!limit.takes(clock.now())) throw failure('rate-limited', LIMIT.seconds);
      if (strikes()) throw failure('cloudflare-failed');
      if (strikes()) throw failure('rate-limited', 10);
      const rows = await change(id, statements);
      await clock.sleep(LATENCY / 2);
      // Killed with the answer on its way, or the answer is lost.
      if (requests >= killAt) throw new Killed('killed');
      if (strikes()) throw failure('network');
      return rows;
    },
  });

  const desired = await readDesired(target);
  const named = new Set<string>();
  let runs = 0;
  const run = async (migrations: typeof desired) => {
    const fleet = { desired: migrations, environment: 'staging', historyTable: 'd1_migrations', clock };
    const ledger = await openLedger(join(folder, 'ledger.sqlite'));
    const pace = isPreparing ? UNLIMITED : limitedPace(1, clock);
    runs += 1;
    const identity = {
      run: `run-${isPreparing ? 'before' : runs}`,
      actor: null,
      commit: null,
      pluginVersion: '0.0.0',
    };
    try {
      const result = await migrateFleet(
        {
          ...{ target, sample: 20, concurrency: 8, sizes: '1,1%,10%,rest', canaries: [], only: [], skip: [] },
          maxFailures: parseMaxFailures('100%'),
          dryRun: false,
          signal: new AbortController().signal,
          identify: async () => identity,
          approve: async () => undefined,
        },
        { fleet, members, ledger, open: ({ id }) => paced(open(id), pace), close: async () => undefined },
      );
      named.clear();
      for (const { name } of [
        ...result.failed.flatMap((group) => group.members),
        ...result.refused.map(({ member }) => member),
        ...result.left,
      ])
        named.add(name);
    } finally {
      ledger.close();
    }
  };
  await clock.run(() => run(desired.slice(0, -1)));
  isPreparing = false;
  [requests, runs] = [0, 0];
  // In some the migration cannot be applied, and some are deleted though the list has them.
  for (const { id } of members) {
    const [isBroken, isDeleted] = [strikes(), strikes()];
    if (isBroken) await change(id, ['ALTER TABLE art ADD COLUMN year INTEGER']);
    if (isDeleted) contents.set(id, undefined);
  }
  for (let index = 0; index <= kills; index += 1) {
    killAt = index < kills ? requests + 1 + Math.floor(random() * databases) : Infinity;
    await clock
      .run(() => run(desired))
      .catch((error: unknown) => {
        if (!(error instanceof Killed)) throw error;
      });
  }

  const judged = await judge(
    model,
    desired.map(({ name }) => name),
    contents,
    named,
  );
  return {
    ...judged,
    ...{ named: named.size, runs, requests },
    simulatedSeconds: Math.round(clock.now() / 1000),
    floorSeconds: Math.round((databases * LIMIT.seconds) / LIMIT.requests),
  };
}

const QUESTIONS = [
  'SELECT name FROM d1_migrations ORDER BY id',
  "SELECT migration, count(*) AS n FROM d1_migrate_journal WHERE outcome = 'applied' GROUP BY migration",
  'SELECT count(*) AS n FROM art',
];

/** Looks into every database by itself: what its tables hold must be what its history says, once. */
export async function judge(
  model: ModelDatabases,
  names: readonly string[],
  contents: ReadonlyMap<string, Content | undefined>,
  named: ReadonlySet<string>,
): Promise<Pick<Simulated, 'appliedTwice' | 'lost' | 'unnamed' | 'applied'>> {
  let [appliedTwice, lost, unnamed, applied] = [0, 0, 0, 0];
  for (const [id, content] of contents) {
    const rows = content === undefined ? [] : await model.run(content, QUESTIONS).then(rowsOf, () => []);
    const [history = [], journal = [], art = []] = rows;
    const isApplied = history.map(({ name }) => name).join() === names.join();
    if (isApplied) applied += 1;
    if (!isApplied && !named.has(id)) unnamed += 1;
    if (journal.some(({ n }) => Number(n) > 1)) appliedTwice += 1;
    // Each migration after the first adds one row.
    if (isApplied && Number(art[0]?.['n']) !== names.length - 1) lost += 1;
    if (!isApplied && content !== undefined && Number(art[0]?.['n']) !== history.length - 1) lost += 1;
  }
  return { appliedTwice, lost, unnamed, applied };
}

const rowsOf = ({ rows }: Awaited<ReturnType<ModelDatabases['run']>>) => rows;
