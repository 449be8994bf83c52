import { lintExample } from '../../testing/examples.ts';
import { helpsOf, textsFound } from '../../testing/one-rule.ts';

const rule = 'safety/add-check-by-rebuild';

const users = (columns: string) => `CREATE TABLE users (id INTEGER PRIMARY KEY, ${columns});`;
const rebuild = (
  columns: string,
  copied: string,
  options = '',
) => `CREATE TABLE \`__new_users\` (id INTEGER PRIMARY KEY, ${columns})${options};--> statement-breakpoint
INSERT INTO \`__new_users\`("id", ${copied}) SELECT "id", ${copied} FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;`;
const files = (before: string, ...after: Parameters<typeof rebuild>) => ({
  '0001_users.sql': users(before),
  '0002_rebuild.sql': rebuild(...after),
});

describe('a rebuild', () => {
  it.each([
    [
      'a CHECK in other quotes, under the name of the new table',
      'age INT CHECK ("users"."age" > 21)',
      'age int, CONSTRAINT "old" CHECK("__new_users"."AGE">21)',
      '"age"',
      '',
    ],
    [
      'a CHECK of a column that is new',
      'age INT',
      'age INT, size INT DEFAULT 1 CHECK (size > 0)',
      '"age"',
      '',
    ],
    [
      'a list that is only longer',
      "role TEXT CHECK (role IS NOT NULL AND role IN ('reader', 'editor'))",
      "role TEXT CHECK (\"role\" IS NOT NULL AND \"role\" IN ('owner', 'editor', 'reader'))",
      '"role"',
      '',
    ],
    [
      'limits that are only wider',
      'name TEXT CHECK (length(name) <= 20), age INT CHECK (age >= 0 OR age IS NULL)',
      'name TEXT CHECK (length(name) <= 200), age INT CHECK (age >= -1 OR age IS NULL)',
      '"name", "age"',
      '',
    ],
    ['STRICT for texts only', 'name TEXT', 'name TEXT', '"name"', ' STRICT'],
    ['STRICT that was there', 'age INT) STRICT; --', 'age INT', '"age"', ' STRICT'],
    ['a name and a text that say check', 'age INT', `"check" TEXT DEFAULT 'CHECK (1)', age INT`, '"age"', ''],
  ])('may have %s', async (_, before, columns, copied, options) => {
    expect(await textsFound(files(before, columns, copied, options), rule)).toEqual([]);
  });

  it.each([
    ['a list that lacks an item', "role IN ('a', 'b')", "role IN ('a', 'c', 'd')"],
    ['a list of what is refused that is longer', "role NOT IN ('a')", "role NOT IN ('a', 'b')"],
    ['a longer list in what is turned round', "NOT (role IN ('a'))", "NOT (role IN ('a', 'b'))"],
    ['a longer list that is compared', "(role IN ('a')) = 0", "(role IN ('a', 'b')) = 0"],
    [
      'a longer list in CASE',
      "CASE WHEN role IN ('a') THEN 0 ELSE 1 END",
      "CASE WHEN role IN ('a', 'b') THEN 0 ELSE 1 END",
    ],
    ['a limit that is closer', 'length(role) < 20', 'length(role) < 10'],
    ['a limit of another direction', 'length(role) < 20', 'length(role) > 20'],
    ['a second condition', "role IN ('a')", "role IN ('a', 'b') AND role <> 'c'"],
  ])('is told of %s', async (_, old, check) => {
    const example = files(`role TEXT CHECK (${old})`, `role TEXT CHECK (${check})`, '"role"');
    expect(await textsFound(example, rule)).toEqual(['CHECK']);
  });

  it('is told which CHECK is new, and how to find the rows that do not pass', async () => {
    const example = files(
      'age INT CHECK (age > 18)',
      'age INT CHECK (age > 18), CHECK ("__new_users"."age" < 200)',
      '"age"',
    );
    expect(await textsFound(example, rule)).toEqual(['CHECK']);
    const [help] = await helpsOf(example, rule);
    expect(help).toContain('SELECT count(*) FROM users WHERE NOT ("age" < 200);');
    const finding = (await lintExample(example)).findings.find((one) => one.rule === rule);
    expect(finding?.message).toMatch(/ This is the form in which Drizzle Kit generates a rebuild\.$/);
  });

  it('is told of columns that STRICT may not take', async () => {
    const example = files(
      'age INT, size REAL, name TEXT',
      'age INT, size REAL, name TEXT',
      '"age", "size", "name"',
      ' STRICT',
    );
    expect(await textsFound(example, rule)).toEqual(['STRICT']);
    const [help] = await helpsOf(example, rule);
    expect(help).toContain(
      "SELECT count(*) FROM users WHERE typeof(age) NOT IN ('integer', 'null') OR typeof(size) NOT IN ('real', 'integer', 'null');",
    );
  });
});
