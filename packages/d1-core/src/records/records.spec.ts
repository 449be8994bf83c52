import { openShadowD1, type D1 } from '../database/index.ts';
import { testWrangler } from '../testing/index.ts';
import {
  appliedTexts,
  checkStamp,
  createHistoryStatement,
  isOurTable,
  journalStatements,
  ownEntries,
  readDatabaseState,
  recordStatement,
  stampStatements,
  type NewJournalEntry,
} from './index.ts';

const ENTRY: NewJournalEntry = {
  run: 'run-1',
  action: 'migrate',
  migration: "0001_o'brien.sql",
  outcome: 'applied',
  rawChecksum: 'raw',
  tokenChecksum: 'tokens',
  bookmark: null,
  actor: 'ada',
  commit: 'abc123',
  wranglerVersion: '4.33.2',
  pluginVersion: '1.0.0',
  durationMs: 12.6,
  detail: '{"note":"it\'s"}',
};

describe('the state of a database', () => {
  let d1: D1;
  beforeEach(() => {
    d1 = openShadowD1(testWrangler());
  });
  afterEach(() => d1.close());

  const tables = async () => {
    const [rows = []] = await d1.batch([`SELECT name FROM sqlite_master WHERE name NOT GLOB '_cf_*'`]);
    return rows.map(({ name }) => name);
  };

  it('is empty for a database that nobody has migrated, and reading it writes nothing', async () => {
    expect(await readDatabaseState(d1, 'd1_migrations')).toEqual({
      history: [],
      journal: [],
      stamp: undefined,
      catalog: expect.any(Array),
    });
    expect(await tables()).toEqual([]);
  });

  it('holds what was recorded, under the name that the history has in the config', async () => {
    await d1.batch([
      createHistoryStatement('my history', { quoted: true }),
      recordStatement('my history', "0001_o'brien.sql"),
      ...stampStatements('staging'),
      ...journalStatements([ENTRY]),
    ]);
    const { history, journal, stamp } = await readDatabaseState(d1, 'my history');
    expect(history).toEqual([
      {
        id: 1,
        name: "0001_o'brien.sql",
        appliedAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      },
    ]);
    expect(journal).toEqual([
      { ...ENTRY, id: 1, durationMs: 13, time: expect.stringMatching(/^\d{4}-.*T.*\.\d{3}Z$/) },
    ]);
    expect(stamp).toBe('staging');
  });

  it('is read where only wrangler has been', async () => {
    await d1.batch([
      createHistoryStatement('d1_migrations', { quoted: false }),
      recordStatement('d1_migrations', '0001_a.sql'),
    ]);
    const { history, journal, stamp } = await readDatabaseState(d1, 'd1_migrations');
    expect(history.map(({ name }) => name)).toEqual(['0001_a.sql']);
    expect({ journal, stamp }).toEqual({ journal: [], stamp: undefined });
  });

  it('reads what a newer version wrote as unknown', async () => {
    await d1.batch(journalStatements([ENTRY]));
    await d1.batch([`UPDATE d1_migrate_journal SET action = 'teleport', outcome = 'vanished'`]);
    const { journal } = await readDatabaseState(d1, 'd1_migrations');
    expect(journal[0]).toMatchObject({ action: 'unknown', outcome: 'unknown' });
    expect(
      appliedTexts({ history: [{ id: 1, name: "0001_o'brien.sql", appliedAt: '' }], journal }).size,
    ).toBe(0);
  });

  it('keeps the first stamp', async () => {
    await d1.batch(stampStatements('staging'));
    await d1.batch(stampStatements('production'));
    expect((await readDatabaseState(d1, 'd1_migrations')).stamp).toBe('staging');
  });
});

describe('ownEntries', () => {
  const rows = (...details: readonly (object | null)[]) =>
    details.map((detail, index) => ({
      ...ENTRY,
      id: index + 1,
      time: '2025-09-04T00:00:00.000Z',
      action: detail === null ? ('migrate' as const) : ('restore' as const),
      detail: detail && JSON.stringify(detail),
    }));
  const idsOf = (...details: readonly (object | null)[]) => ownEntries(rows(...details)).map(({ id }) => id);

  it('leaves out what came with the archive of another database: its bookmarks lead nowhere here', () => {
    expect(idsOf(null, null, { strategy: 'archive', foreign: true }, null)).toEqual([4]);
  });

  it('keeps what is from before an archive of its own, and a Time Travel restore', () => {
    const restores = [{ strategy: 'archive', foreign: false }, { strategy: 'time-travel' }];
    expect(idsOf(null, ...restores, null)).toEqual([1, 2, 3, 4]);
  });
});

describe('the stamp', () => {
  it('refuses a database of another environment, and says which', () => {
    expect(() => checkStamp('production', 'development', 'archive')).toThrow(
      'The database archive is stamped "production", and this run is for "development".',
    );
  });

  it('accepts its own environment and an unstamped database', () => {
    expect(() => checkStamp('staging', 'staging', 'archive')).not.toThrow();
    expect(() => checkStamp(undefined, 'staging', 'archive')).not.toThrow();
  });
});

describe('isOurTable', () => {
  it('knows the tables of the tools from those of the schema', () => {
    const ours = [
      'd1_migrations',
      'd1_migrate_journal',
      'd1_migrate_metadata',
      '_cf_METADATA',
      'sqlite_sequence',
    ];
    expect(ours.every((name) => isOurTable(name, 'd1_migrations'))).toBe(true);
    expect(isOurTable('artworks', 'd1_migrations')).toBe(false);
    expect(isOurTable('d1_migrations', 'other')).toBe(false);
  });
});
