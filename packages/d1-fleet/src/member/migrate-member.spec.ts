import type { D1 } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { stampStatements, takeLockStatements } from 'd1-core/records';
import { freshDatabases, memberRun, MIGRATIONS } from '../testing/fleet.ts';
import { lookAt } from './look.ts';
import { migrateMember, type MemberRun } from './migrate-member.ts';

const NAMES = Object.keys(MIGRATIONS);
const { '0003_year.sql': LAST, ...EARLIER } = MIGRATIONS;

const next = freshDatabases(40);

const namesIn = async (d1: D1): Promise<readonly unknown[]> => {
  const [rows = []] = await d1.batch(['SELECT name FROM d1_migrations ORDER BY id']);
  return rows.map(({ name }) => name);
};

/** A database that has the first two migrations. */
async function after() {
  const d1 = next();
  await migrateMember(d1, await memberRun(EARLIER, 'earlier'));
  await d1.batch(["INSERT INTO art (id, title) VALUES (1, 'a')"]);
  return d1;
}

/** Does something else in the moment before the request that migrates. */
const meanwhile = (d1: D1, what: () => Promise<unknown>): D1 => {
  let isDone = false;
  return {
    ...d1,
    async batch(statements) {
      if (!isDone && statements.some((sql) => sql.startsWith('INSERT INTO "d1_migrations"'))) {
        isDone = true;
        await what();
      }
      return d1.batch(statements);
    },
  };
};

describe('migrating one database of a fleet', () => {
  let run: MemberRun;
  beforeAll(async () => {
    run = await memberRun();
  });

  it('applies everything to an empty one, with a row in the history and the journal for each', async () => {
    const d1 = next();
    const outcome = await migrateMember(d1, run);
    expect(outcome).toMatchObject({ kind: 'applied', look: { mine: NAMES, history: NAMES } });
    const [journal = []] = await d1.batch(['SELECT migration, outcome, run FROM d1_migrate_journal']);
    expect(journal).toEqual(NAMES.map((name) => ({ migration: name, outcome: 'applied', run: 'test-run' })));
  });

  it('takes one request where it was seen before', async () => {
    const d1 = await after();
    const seen = await lookAt(d1, run);
    const calls = d1.calls();
    expect(await migrateMember(d1, run, seen)).toMatchObject({ kind: 'applied', look: { mine: [NAMES[2]] } });
    expect(d1.calls() - calls).toBe(1);
    expect(await d1.batch(['SELECT * FROM art'])).toEqual([[{ id: 1, title: 'a', year: 2000 }]]);
  });

  it('changes nothing the second time', async () => {
    const d1 = next();
    await migrateMember(d1, run);
    expect(await migrateMember(d1, run)).toMatchObject({ kind: 'applied' });
    const other = await memberRun(MIGRATIONS, 'another-run');
    expect(await migrateMember(d1, other)).toMatchObject({ kind: 'current', look: { mine: [] } });
    expect(await namesIn(d1)).toEqual(NAMES);
  });

  it('leaves nothing of a migration that fails, nor of those that went with it', async () => {
    const d1 = next();
    const broken = await memberRun({
      ...MIGRATIONS,
      '0004_bad.sql': "INSERT INTO art (id, title) VALUES (7, 'x');\nINSERT INTO nowhere VALUES (1);\n",
    });
    const outcome = await migrateMember(d1, broken);
    expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'sql-error' }, look: { history: [] } });
    const [tables = []] = await d1.batch(["SELECT name FROM sqlite_master WHERE name = 'art'"]);
    expect(tables).toEqual([]);
  });

  it('says that it was done where only the answer was lost', async () => {
    const d1 = await after();
    const lossy: D1 = {
      ...d1,
      async batch(statements) {
        const answers = await d1.batch(statements);
        if (!statements.some((sql) => sql.startsWith('INSERT INTO "d1_migrations"'))) return answers;
        throw new D1Error({ code: 'network', message: 'Cloudflare could not be reached.', fix: '' });
      },
    };
    expect(await migrateMember(lossy, run)).toMatchObject({ kind: 'applied', look: { mine: [NAMES[2]] } });
  });

  it('applies once when two runs are at it', async () => {
    const d1 = await after();
    const other = await memberRun(MIGRATIONS, 'other-run');
    const raced = meanwhile(d1, () => migrateMember(d1, other));
    expect(await migrateMember(raced, run)).toMatchObject({ kind: 'current' });
    expect(await namesIn(d1)).toEqual(NAMES);
    expect(
      await d1.batch(["SELECT count(*) AS n FROM d1_migrate_journal WHERE migration = '0003_year.sql'"]),
    ).toEqual([[{ n: 1 }]]);
  });

  it('looks again where what it saw long ago is no longer so', async () => {
    const d1 = next();
    const seen = await lookAt(d1, run);
    await migrateMember(d1, await memberRun(EARLIER, 'earlier'));
    expect(await migrateMember(d1, run, seen)).toMatchObject({ kind: 'applied', look: { mine: [NAMES[2]] } });
    expect(await namesIn(d1)).toEqual(NAMES);
  });

  it('sends migrations that are too long for one request in several', async () => {
    const long = `INSERT INTO art (title) VALUES ('${'x'.repeat(60_000)}');\n`;
    const many = await memberRun({
      '0001_init.sql': MIGRATIONS['0001_init.sql'],
      '0002_rows.sql': long.repeat(5),
      '0003_rows.sql': long.repeat(5),
    });
    const d1 = next();
    const seen = await lookAt(d1, many);
    const calls = d1.calls();
    expect(await migrateMember(d1, many, seen)).toMatchObject({ kind: 'applied' });
    expect(d1.calls() - calls).toBe(2);
    expect(await d1.batch(['SELECT count(*) AS n FROM art'])).toEqual([[{ n: 10 }]]);
  });

  describe('changes nothing in one', () => {
    it.each([
      [
        'that has a migration of another project',
        'other-history',
        ["INSERT INTO d1_migrations (name) VALUES ('9_x.sql')"],
      ],
      [
        'that lacks one in the middle',
        'out-of-order',
        ["DELETE FROM d1_migrations WHERE name = '0001_init.sql'", 'DELETE FROM d1_migrate_journal'],
      ],
      [
        'that has lost a row of its history',
        'taken-out',
        ["DELETE FROM d1_migrations WHERE name = '0002_tags.sql'"],
      ],
      [
        'that is of another environment',
        'wrong-environment',
        ["UPDATE d1_migrate_metadata SET value = 'production' WHERE key = 'environment'"],
      ],
      [
        'into which an archive is being restored',
        'restoring',
        [
          `INSERT INTO d1_migrate_metadata VALUES ('restore', '{"archive":"a.zip","run":"r","bookmark":"b","done":1}')`,
        ],
      ],
      [
        'that has tables and no history',
        'no-history',
        ['DELETE FROM d1_migrations', 'DELETE FROM d1_migrate_journal'],
      ],
      [
        'whose file was changed since',
        'modified',
        ["UPDATE d1_migrate_journal SET token_checksum = 'other' WHERE migration = '0001_init.sql'"],
      ],
    ])('%s', async (_, state, statements) => {
      const d1 = await after();
      await d1.batch(statements);
      const before = await namesIn(d1);
      expect(await migrateMember(d1, run)).toMatchObject({ kind: 'refused', look: { standing: { state } } });
      expect(await namesIn(d1)).toEqual(before);
    });

    it('which somebody else is changing', async () => {
      const d1 = await after();
      await d1.batch([
        ...stampStatements('development'),
        ...takeLockStatements('x', 'ann on her machine', 600),
      ]);
      const outcome = await migrateMember(d1, run);
      expect(outcome).toMatchObject({ kind: 'failed', error: { code: 'locked' } });
      expect(await namesIn(d1)).toEqual(NAMES.slice(0, 2));
    });

    it('that got a migration of another project a moment ago', async () => {
      const d1 = await after();
      const raced = meanwhile(d1, () => d1.batch(["INSERT INTO d1_migrations (name) VALUES ('9_x.sql')"]));
      expect(await migrateMember(raced, run)).toMatchObject({
        look: { standing: { state: 'other-history' } },
      });
      expect(await namesIn(d1)).toEqual([...NAMES.slice(0, 2), '9_x.sql']);
    });
  });

  it('leaves the history to wrangler as wrangler would have made it', async () => {
    expect(LAST).toContain('ALTER TABLE');
    const d1 = next();
    await migrateMember(d1, run);
    const [rows = []] = await d1.batch(["SELECT sql FROM sqlite_master WHERE name = 'd1_migrations'"]);
    expect(String(rows[0]?.['sql'])).toMatch(/name\s+TEXT UNIQUE/);
  });
});
