import { join } from 'node:path';
import { copyDatabase, localDatabaseFile, startEngine, type Engine } from 'd1-core/database';
import { isOurTable } from 'd1-core/records';
import { openDatabaseFile } from 'd1-core/schema';
import { fuzzRuns, temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import fc from 'fast-check';
import { analyseMigrations } from 'd1-core/loss';
import { observe, removeDatabase } from './observe.ts';
import { ACTIONS, newBook, STEPS, tablesWith, TRIGGERS } from './testing/random-migrations.ts';
import { lossesOf } from './testing/truth.ts';

const BINDING = 'ORACLE';

describe('what a random migration loses on workerd', () => {
  const folder = temporaryFolder();
  const file = localDatabaseFile({ persistTo: folder, id: 'oracle' });
  let engine: Engine;
  let refused = 0;
  let withLoss = 0;
  let cases = 0;
  beforeAll(async () => {
    engine = await startEngine({
      wrangler: testWrangler(),
      databases: { [BINDING]: 'oracle' },
      persistTo: folder,
    });
  });
  afterAll(async () => {
    await engine.dispose();
    console.info(`${cases} cases, ${withLoss} of them with losses, ${refused} refused by the engine`);
  });

  const CLEAN = ['c', 'p', 'q', 'u', 'fresh', 'kept'].map((table) => `DROP TABLE IF EXISTS ${table}`);

  it('is what the judgement of the witness says, and what a comparison says that knows nothing of it', async () => {
    const name = fc.constantFrom("'a'", "'A'", "'007'", "'8'", 'NULL', "''");
    const row = fc.tuple(name, name, fc.constantFrom('1', '2', 'NULL'));
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...ACTIONS),
        fc.constantFrom(...TRIGGERS),
        fc.array(row, { minLength: 1, maxLength: 4 }),
        fc.array(fc.tuple(fc.constantFrom(...STEPS), fc.integer({ min: 1, max: 3 })), {
          minLength: 1,
          maxLength: 3,
        }),
        async (action, trigger, rows, steps) => {
          cases += 1;
          const book = newBook();
          const base = ['PRAGMA defer_foreign_keys = ON', ...CLEAN, ...tablesWith(action, trigger, rows)];
          const statements = steps.flatMap(([step, at]) => step(book, at));
          await engine.batch(BINDING, base);
          const before = join(temporaryFolder(), 'before.sqlite');
          await copyDatabase(file, before);
          const { error } = await engine.transactions(BINDING, [statements]);
          if (error !== undefined || statements.length === 0) {
            refused += 1;
            return;
          }
          writeFiles(join(before, '..'), { '0001_x.sql': statements.map((sql) => `${sql};\n`).join('') });
          const path = join(before, '..', '0001_x.sql');
          const [migration] = await analyseMigrations([{ name: '0001_x.sql', path, number: 1 }]);
          if (migration === undefined) return;
          const observed = await observe(before, file, migration, (table) =>
            isOurTable(table, 'd1_migrations'),
          );
          const said = observed.losses
            .filter(({ what }) => what !== 'twice')
            .map(({ count, what, table, column }) =>
              what === 'rows' ? `${count} rows ${table}` : `${count} values ${table}.${column}`,
            )
            .sort();
          const [first, second] = await Promise.all([openDatabaseFile(before), openDatabaseFile(file)]);
          const truth = lossesOf(first, second, book, action);
          for (const database of [first, second]) database.close();
          await removeDatabase(before);
          if (truth.length > 0) withLoss += 1;
          expect({ said, statements, base }).toEqual({ said: truth, statements, base });
          // And each has its place.
          expect(observed.losses.filter(({ line }) => line === undefined)).toEqual([]);
        },
      ),
      fuzzRuns(500, 800),
    );
  });
});
