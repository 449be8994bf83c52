import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { readSurvey, type Survey } from '../survey/index.ts';
import { migrateIn, targetIn } from '../testing/index.ts';
import { writeScripts } from '../testing/scripts.ts';
import { usableScript } from './scripts.ts';

const NAME = '0002_tags.sql';
const SCRIPT = `migrations/rollback/${NAME}`;

describe('the script that rolls a migration back', () => {
  let workspace: TestWorkspace;
  let survey: Survey;
  let proved: string;
  let tokenize: Tokenize;
  beforeAll(async () => {
    tokenize = await loadTokenizer();
    workspace = testWorkspace({
      migrations: {
        '0001_log.sql': 'CREATE TABLE log (id INTEGER PRIMARY KEY, note TEXT);\n',
        [NAME]: 'CREATE TABLE tags (id INTEGER PRIMARY KEY);\nALTER TABLE log DROP COLUMN note;\n',
      },
    });
    await writeScripts(workspace);
    proved = readFileSync(join(workspace.root, SCRIPT), 'utf8');
    await migrateIn(workspace);
    survey = await readSurvey(targetIn(workspace));
  });

  const codeOf = (found: Survey = survey): string => {
    try {
      return usableScript(found, NAME, tokenize).class;
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : String(error);
    }
  };
  /** As it is where the file is on another branch: the journal keeps the script. */
  const withoutFile = (text: string): Survey => ({
    ...survey,
    files: survey.files.filter(({ name }) => name !== NAME),
    state: {
      ...survey.state,
      journal: survey.state.journal.map((entry) =>
        entry.migration === NAME ? { ...entry, detail: JSON.stringify({ rollback: text }) } : entry,
      ),
    },
  });

  const withoutLine = (part: string) => (text: string) =>
    text
      .split('\n')
      .filter((line) => !line.includes(part))
      .join('\n');

  it.each<readonly [string, string, (text: string) => string]>([
    ['as it was proved', 'schema-only', (text) => text],
    [
      'with other comments and line ends',
      'schema-only',
      (text) => `-- Careful.\n${text}`.replaceAll('\n', '\r\n'),
    ],
    ['with a statement more', 'rollback-edited', (text) => `${text}DELETE FROM log;\n`],
    ['with a statement less', 'rollback-edited', withoutLine('DROP TABLE')],
    ['with another class', 'rollback-edited', (text) => text.replace('class schema-only', 'class exact')],
    ['without the line that says what it loses', 'rollback-edited', withoutLine(' loses ')],
    [
      'with another version of wrangler',
      'rollback-edited',
      (text) => text.replace(/by wrangler \d+\./, '$&9'),
    ],
    ['with the header of an older d1-migrate', 'rollback-unproved', withoutLine(' proof ')],
    ['with a proof of another method', 'rollback-unproved', (text) => text.replace('proof 1', 'proof 999')],
    [
      'with a proof of another wrangler',
      'rollback-unproved',
      (text) => text.replace(/by wrangler \d+/, 'by wrangler 1'),
    ],
    [
      'with a header that cannot be read',
      'rollback-unsigned',
      (text) => text.replace('class schema-only', 'class sure'),
    ],
    ['without a class', 'rollback-unsigned', withoutLine(' class ')],
    [
      'for another text of the migration',
      'rollback-stale',
      (text) => text.replace(/(undoes \S+) .{64}/, `$1 ${'0'.repeat(64)}`),
    ],
  ])('%s is %s, from the file and from the journal', (_, expected, edit) => {
    const text = edit(proved);
    workspace.write({ [SCRIPT]: text });
    expect(codeOf()).toBe(expected);
    rmSync(join(workspace.root, SCRIPT));
    expect(codeOf(withoutFile(text))).toBe(expected);
  });

  it('says which command proves it again, and that the journal script is proved where the file is', () => {
    const edited = `${proved}DELETE FROM log;\n`;
    workspace.write({ [SCRIPT]: edited });
    const fix = `d1-migrate rollback-script (${NAME})`;
    expect(() => usableScript(survey, NAME, tokenize)).toThrow(
      expect.objectContaining({
        message: `The rollback script of ${NAME} was changed after it was proved.`,
        fix: expect.stringContaining(fix),
      }),
    );
    expect(() => usableScript(withoutFile(edited), NAME, tokenize)).toThrow(
      expect.objectContaining({
        fix: expect.stringMatching(/Check out the branch .* d1-migrate rollback-script/),
      }),
    );
  });
});
