import { loadTokenizer, significantTokens, unquote, type Token } from 'd1-core/sql';
import type { Example, Rule } from '../engine/rule.ts';
import { applyEdits } from '../engine/edits.ts';
import { databasePool } from '../testing/database-pool.ts';
import { exampleFiles, lintExample, wranglerSplit } from '../testing/examples.ts';
import { lostRows } from '../testing/lost-rows.ts';
import { allRules } from './index.ts';

/** No advice makes a file more destructive than it is: neither what a help says to write, nor what a fix writes. */
const pool = databasePool();
afterAll(() => pool.close());

const lintFor = (rule: Rule, example: Example) =>
  lintExample(
    example,
    { rules: { [rule.id]: rule.severity } },
    rule.since,
    rule.needs === 'wrangler-split' ? { loadSplit: wranglerSplit } : {},
  );

/** What the statements of a text delete or overwrite, as `DROP TABLE users`. A table that the text makes again is none. */
async function destroys(text: string): Promise<readonly string[]> {
  const tokens = significantTokens((await loadTokenizer())(text));
  const word = (index: number) => unquote(tokens[index]?.text ?? '').toLowerCase();
  const follows = (index: number, ...words: readonly string[]) =>
    words.every((one, offset) => word(index + offset) === one);
  const nameAt = (index: number) => word(follows(index, 'if', 'exists') ? index + 2 : index);
  const made = tokens.flatMap((_, index) => {
    if (follows(index, 'rename', 'to')) return [word(index + 2)];
    return follows(index, 'create', 'table') ? [word(index + 2)] : [];
  });
  return tokens.flatMap((_, index) => {
    const table = follows(index, 'drop', 'table') ? nameAt(index + 2) : undefined;
    if (table !== undefined) return made.includes(table) ? [] : [`DROP TABLE ${table}`];
    if (follows(index, 'drop', 'column')) return [`DROP COLUMN ${word(index + 2)}`];
    if (follows(index, 'delete', 'from') && isOfAll(tokens, index)) return [`DELETE FROM ${word(index + 2)}`];
    if (follows(index, 'update') && follows(index + 2, 'set') && isOfAll(tokens, index))
      return [`UPDATE ${word(index + 1)}`];
    return follows(index, 'or', 'replace') || follows(index, 'replace', 'into') ? ['REPLACE'] : [];
  });
}

/** Whether a statement has no condition up to its end, or one that is always true. */
function isOfAll(tokens: readonly Token[], from: number): boolean {
  const end = tokens.findIndex(({ text }, index) => index > from && text === ';');
  const words = tokens.slice(from, end < 0 ? undefined : end).map(({ text }) => text.toLowerCase());
  const where = words.lastIndexOf('where');
  return where < 0 || words.slice(where + 1).join(' ') === 'true';
}

async function addedBy(rule: Rule, example: Example): Promise<readonly string[]> {
  const own = await destroys(
    exampleFiles(example)
      .map(({ text }) => text)
      .join(';'),
  );
  const { findings } = await lintFor(rule, example);
  const added: string[] = [];
  for (const { help } of findings) {
    const [, ...sql] = help.split('\n');
    added.push(...(await destroys(sql.join('\n'))).filter((one) => !own.includes(one)));
  }
  return added;
}

const named = allRules.map((rule) => [rule.id, rule] as const);

describe.each(named)('%s', (_, rule) => {
  it('has a help that deletes and overwrites nothing that the file does not', async () => {
    for (const example of rule.bad) expect(await addedBy(rule, example)).toEqual([]);
  });
});

describe.each(named)('%s', (_, rule) => {
  it('has fixes, safe or not, after which the file loses no more rows than before', async () => {
    for (const example of rule.bad) {
      const files = exampleFiles(example);
      const texts = files.map(({ text }) => text);
      const fixes = (await lintFor(rule, example)).findings.filter(({ fix }) => fix !== undefined);
      if (fixes.length === 0) continue;
      const { error, lost } = await lostRows(await pool.take(), texts);
      // What is refused loses nothing, and whatever then runs was meant to.
      if (error !== undefined) continue;
      for (const { file, fix } of fixes) {
        const fixed = files.map(({ path, text }) =>
          path === file ? applyEdits(text, fix?.edits ?? []) : text,
        );
        const after = await lostRows(await pool.take(), fixed);
        expect(after.lost.filter((row) => !lost.includes(row))).toEqual([]);
      }
    }
  });
});

describe('a name that looks like that of a live table', () => {
  const tables =
    'CREATE TABLE order_items (id INTEGER PRIMARY KEY);\nCREATE TABLE sessions (id INTEGER PRIMARY KEY);';
  const helps = async (sql: string) =>
    (await lintExample({ '0001_tables.sql': tables, '0002_drop.sql': sql })).findings.map(
      ({ rule, help }) => [rule, help],
    );

  it('is not advised to be dropped, whatever it is called', async () => {
    for (const name of ['order_items_new', '__new_order_items', 'old_sessions', 'sessions_backup']) {
      expect(await helps(`DROP TABLE IF EXISTS ${name};`)).toEqual([]);
    }
    expect(await helps('DROP TABLE IF EXISTS sesions;')).toEqual([
      ['safety/drop-if-exists-typo', 'Correct the name, or remove the statement.'],
    ]);
  });
});

describe('a DELETE that matches no row because it compares with NULL', () => {
  it('gets no fix with which it would match some', async () => {
    const { findings } = await lintExample({
      '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);',
      '0002_clean.sql': 'DELETE FROM users WHERE name <> NULL;',
    });
    expect(findings.map(({ rule, fix }) => [rule, fix])).toEqual([['dml/null-comparison', undefined]]);
  });
});
