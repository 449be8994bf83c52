import { join } from 'node:path';
import { openShadowD1 } from 'd1-core/database';
import { messageOf } from 'd1-core/errors';
import { openMemoryDatabase } from 'd1-core/schema';
import { loadTokenizer, splitStatements } from 'd1-core/sql';
import { fuzzRuns, temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { replaySteps } from '../check/index.ts';
import { findQueries, type Query } from '../find/index.ts';
import { application, SAMPLES, sampled, type Application, type AppQuery } from '../testing/applications.ts';
import { compareRevisions, type ClassedMigration } from './index.ts';

/** What one migration did, as it was seen: the queries that it broke, and those that needed it. */
interface Seen {
  readonly class: string;
  readonly broken: readonly string[];
  readonly needed: readonly string[];
}

/** Runs statements as one transaction, and takes them back. Undefined where they work. */
type Try = (statements: readonly string[]) => Promise<string | undefined>;

/** A database on an engine. */
interface Engine {
  /** Runs the statements of a text. */
  run(text: string): Promise<void>;
  readonly attempt: Try;
  close(): Promise<void>;
}

async function inNode(): Promise<Engine> {
  const database = await openMemoryDatabase();
  database.exec('PRAGMA foreign_keys = on');
  return {
    run: async (text) => database.exec(text),
    async attempt(statements) {
      database.exec('SAVEPOINT one');
      try {
        for (const sql of statements) database.prepare(sql).all();
        return undefined;
      } catch (error) {
        return messageOf(error);
      } finally {
        database.exec('ROLLBACK TO one; RELEASE one');
      }
    },
    close: async () => database.close(),
  };
}

/** The statement after the others that D1 takes the batch back for. */
const TAKE_BACK = "SELECT json('taken back')";

async function inWorkerd(): Promise<Engine> {
  const d1 = openShadowD1(testWrangler());
  const tokenize = await loadTokenizer();
  return {
    async run(text) {
      await d1.batch(splitStatements(tokenize(text)).map(({ start, end }) => text.slice(start, end)));
    },
    attempt: (statements) =>
      d1.batch([...statements, TAKE_BACK]).then(
        () => 'it was not taken back',
        (error: unknown) => (messageOf(error).includes('malformed JSON') ? undefined : messageOf(error)),
      ),
    close: () => d1.close(),
  };
}

/** Runs the queries of both codes before and after each migration. */
async function seenOn(open: () => Promise<Engine>, app: Application): Promise<readonly Seen[]> {
  const last = app.migrations.length;
  const works: Map<string, readonly boolean[]>[] = [];
  const { run, attempt, close } = await open();
  for (const text of [app.base, ...app.migrations.map((one) => one.text)]) {
    await run(text);
    const found = new Map<string, readonly boolean[]>();
    for (const query of [...app.old, ...app.fresh]) {
      if (found.has(query.sql)) continue;
      const samples: boolean[] = [];
      for (let sample = 0; sample < SAMPLES; sample++)
        samples.push((await attempt(sampled(query, sample))) === undefined);
      found.set(query.sql, samples);
    }
    works.push(found);
  }
  await close();
  /** Whether something that works at home fails at a step. */
  const fails = ({ sql }: AppQuery, home: number, at: number): boolean =>
    (works[home]?.get(sql) ?? []).some(
      (isRight, sample) => isRight && works[at]?.get(sql)?.[sample] !== true,
    );
  return app.migrations.map((_, index) => {
    const turned = (queries: readonly AppQuery[], home: number, from: number, to: number) =>
      queries.filter((one) => !fails(one, home, from) && fails(one, home, to)).map(({ sql }) => sql);
    const broken = turned(app.old, 0, index, index + 1);
    const needed = turned(app.fresh, last, index + 1, index);
    const kind =
      broken.length > 0
        ? needed.length > 0
          ? 'breaking'
          : 'contract'
        : needed.length > 0
          ? 'expand'
          : 'neutral';
    return { class: kind, broken, needed };
  });
}

/** What the comparison says, from the source of both codes. */
async function saidOf(app: Application): Promise<readonly ClassedMigration[]> {
  const queriesIn = (queries: readonly AppQuery[]): readonly Query[] => {
    const root = temporaryFolder();
    writeFiles(root, { 'main.ts': app.source(queries) });
    return findQueries({ main: join(root, 'main.ts'), bindings: ['DB'] }).queries;
  };
  const { steps, close } = await replaySteps(
    [{ name: '0001_base.sql', text: app.base }, ...app.migrations],
    'd1_migrations',
  );
  try {
    const order = await compareRevisions(
      [{ name: 'old', root: '/', queries: queriesIn(app.old) }],
      { name: 'new', root: '/', queries: queriesIn(app.fresh) },
      steps.slice(1),
    );
    return order.migrations;
  } finally {
    close();
  }
}

const keysOf = (all: readonly { readonly broken: readonly unknown[] }[], texts: (one: unknown) => string) =>
  all.flatMap(({ broken }, index) => broken.map((one) => `${index}: ${texts(one)}`));

describe('applications whose schema changes at a random step', () => {
  it('have their broken queries named with the migration that breaks them, no false alarm, and the class that their run shows', async () => {
    const { numRuns, seed } = fuzzRuns(28, 100);
    const first = seed === 1 ? 0 : seed;
    let pairs = 0;
    let broken = 0;
    let named = 0;
    let classes = 0;
    let right = 0;
    const alarms: string[] = [];
    const missed: string[] = [];
    for (let index = 0; index < numRuns; index++) {
      const app = application(first + index);
      const [seen, said] = [await seenOn(inNode, app), await saidOf(app)];
      pairs += app.old.length;
      const truth = new Set(keysOf(seen, String));
      const found = new Set(said.flatMap((one, at) => one.broken.map(({ sql }) => `${at}: ${sql}`)));
      broken += truth.size;
      named += [...truth].filter((key) => found.has(key)).length;
      missed.push(
        ...[...truth]
          .filter((key) => !found.has(key))
          .map((key) => `${first + index} ${app.mutation} ${key}`),
      );
      for (const [at, { isNeutral, name, text }] of app.migrations.entries()) {
        const one = said[at];
        if (one === undefined) throw new Error(`nothing is said of ${name}`);
        classes += 1;
        if (one.class === seen[at]?.class) right += 1;
        else
          missed.push(`${first + index} ${app.mutation}: ${one.class}, and is ${seen[at]?.class}: ${text}`);
        if (isNeutral && one.class !== 'neutral' && seen[at]?.class === 'neutral')
          alarms.push(`${first + index} ${name}: ${text} ${one.broken.map(({ message }) => message).join()}`);
      }
    }
    if (process.env['D1_SOAK_RUNS'] !== undefined) {
      process.stdout.write(
        `${pairs} pairs of schema and query, ${broken} broken, ${named} named; ${right} of ${classes} classes\n${missed.join('\n')}\n`,
      );
    }
    expect(alarms).toEqual([]);
    expect(pairs).toBeGreaterThanOrEqual(numRuns * 8);
    expect(named / broken).toBeGreaterThanOrEqual(0.95);
    expect(right / classes).toBeGreaterThanOrEqual(0.95);
  });

  it('are in workerd what they are in the SQLite of Node, by which they are judged', async () => {
    // One of each mutation in a soak; ordinarily a check and a unique index, of which both engines have to think the same.
    const { numRuns, seed } = fuzzRuns(2, 7);
    for (let index = 0; index < numRuns; index++) {
      const app = application(seed === 1 ? 4 + index : seed + index);
      expect(await seenOn(inWorkerd, app)).toEqual(await seenOn(inNode, app));
    }
  });
});
