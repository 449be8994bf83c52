import type { Example } from '../../engine/rule.ts';
import { lintExample } from '../../testing/examples.ts';

const sql = 'SELECT 1;';

/** What the rules of this group find, as `rule @ file`. */
const found = async (example: Example): Promise<readonly string[]> =>
  (await lintExample(example)).findings
    .filter(({ rule }) => rule.startsWith('history/'))
    .map(({ rule, file }) => `${rule} @ ${file.replace('migrations/', '')}`);

describe('the rules of the history', () => {
  it('report what is wrong with several files once, at the last of them', async () => {
    expect(await found({ '0001_a.sql': sql, '0001_b.sql': sql, '0004_c.sql': sql })).toEqual([
      'history/duplicate-prefix @ 0001_b.sql',
      'history/gap @ 0004_c.sql',
    ]);
  });

  it('name the worst of several troubles of one name', async () => {
    expect(await found({ '.a.sql': sql, '0001_B.sql': sql, '0001_b.sql': sql })).toEqual([
      'history/hidden-file @ .a.sql',
      'history/name-differs-by-case @ 0001_b.sql',
    ]);
  });

  it('report the cause of a failure, and not what only follows from it', async () => {
    const users = 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);';
    expect(
      await found({
        '0001_users.sql': users,
        '0002_mail.sql': `ALTER TABLE users ADD COLUMN mail TEXT UNIQUE;\nCREATE INDEX users_mail ON users (mail);`,
        '0003_fax.sql': 'CREATE INDEX users_fax ON users (fax);',
      }),
    ).toEqual(['history/not-replayable @ 0003_fax.sql']);
  });

  it('ask no number of a text that stands alone, such as standard input', async () => {
    expect(await found({ 'stdin.sql': sql })).toEqual([]);
  });

  it('take time stamps of one form, and report those that sort differently by name', async () => {
    const [create, seed] = ['CREATE TABLE t (id INTEGER PRIMARY KEY);', 'SELECT 1;'];
    expect(await found({ '20260131_a.sql': create, '20260228_b.sql': seed })).toEqual([]);
    expect(
      await found({ '20260131_a.sql': create, '20260228_b.sql': seed, '202601310900_c.sql': seed }),
    ).toEqual(
      ['20260131_a.sql', '20260228_b.sql', '202601310900_c.sql'].map(
        (file) => `history/number-width @ ${file}`,
      ),
    );
  });

  it('can be silenced in the file', async () => {
    const reason = '-- d1-lint-disable-file history/gap: the file was withdrawn before it was applied\n';
    expect(await found({ '0001_a.sql': sql, '0003_b.sql': `${reason}${sql}` })).toEqual([]);
  });

  it.each([
    ['', 1],
    [';\n-- nothing', 1],
    ['\uFEFF/* nothing */', 1],
    ['SELECT 1', 0],
  ])('tell whether %j is empty', async (text, count) => {
    const empty = (await found(text)).filter((one) => one.startsWith('history/empty-migration'));
    expect(empty).toHaveLength(count);
  });
});
