import { HARMFUL, HOSTILE_NAME } from 'd1-core/testing';
import { allRules } from '../rules/index.ts';
import type { LintReport } from '../run/index.ts';
import { exampleFiles, lintExample } from '../testing/examples.ts';
import type { Format } from '../words.ts';
import { reporters } from './index.ts';

const example = {
  '0001_t.sql': 'CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
  '0002_t.sql': '-- clean\nVACUUM;\nDELETE FROM t;\n',
};

async function reportOf(files: Readonly<Record<string, string>>): Promise<LintReport> {
  const result = await lintExample(files);
  const texts = new Map(exampleFiles(files).map(({ path, text }) => [path, text]));
  return { ...result, texts, fixed: 0, accepted: 0, staleAccepted: [] };
}

const render = async (format: Format, files: Readonly<Record<string, string>> = example) =>
  reporters[format](await reportOf(files), allRules, 1);

const parsed = async (format: Format): Promise<unknown> => JSON.parse(await render(format));

describe('the report for people', () => {
  it('shows place, reason, code and remedy, and what can be fixed', async () => {
    expect(await render('pretty'))
      .toBe(`migrations/0002_t.sql:2:1  ✖ error  compat/no-vacuum  (rejected by D1)

D1 refuses VACUUM: it cannot run inside a transaction.

  1 | -- clean
> 2 | VACUUM;
    | ^
  3 | DELETE FROM t;
  4 |

  Remove it; D1 manages its storage itself.
  "--fix" does it: Remove the statement.

migrations/0002_t.sql:3:13  ✖ error  data/delete-without-where  (data at risk)

This deletes every row of t.

  1 | -- clean
  2 | VACUUM;
> 3 | DELETE FROM t;
    |             ^
  4 |

  Add the condition that is missing. Where all rows are meant, say it:
  DELETE FROM t WHERE true;

2 errors, 0 warnings in 2 migrations.
1 finding can be fixed with --fix.`);
  });

  it('says what was not looked at', async () => {
    const report = {
      ...(await reportOf({ '0001_t.sql': 'SELECT 1;' })),
      skippedFiles: 3,
      notAnalysed: 1,
      suppressed: 2,
    };
    expect(reporters.pretty(report, allRules, 0)).toBe(
      'No findings in 1 migration.\n2 findings silenced by comments.\n3 migrations replayed, but not reported on.\n1 statement not analysed.',
    );
  });
});

describe('the reports for machines', () => {
  it('are JSON with a version, places and fixes', async () => {
    expect(await parsed('json')).toMatchObject({
      version: 2,
      command: 'lint',
      exitCode: 1,
      files: 2,
      findings: [
        {
          rule: 'compat/no-vacuum',
          file: 'migrations/0002_t.sql',
          start: { line: 2, column: 1 },
          end: { line: 2, column: 7 },
          fix: { edits: [{ start: 9, end: 17, text: '' }], safe: true },
        },
        { rule: 'data/delete-without-where' },
      ],
    });
  });

  it('are annotations for GitHub', async () => {
    expect((await render('github')).split('\n')).toEqual([
      '::error file=migrations/0002_t.sql,line=2,col=1::compat/no-vacuum: D1 refuses VACUUM: it cannot run inside a transaction.%0ARemove it; D1 manages its storage itself.',
      '::error file=migrations/0002_t.sql,line=3,col=13::data/delete-without-where: This deletes every row of t.%0AAdd the condition that is missing. Where all rows are meant, say it:%0ADELETE FROM t WHERE true;',
    ]);
  });

  it('are SARIF with all rules, regions and fixes', async () => {
    expect(await parsed('sarif')).toMatchObject({
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { rules: allRules.map(({ id }) => ({ id })) } },
          results: [
            {
              ruleId: 'compat/no-vacuum',
              ruleIndex: allRules.findIndex(({ id }) => id === 'compat/no-vacuum'),
              locations: [
                {
                  physicalLocation: {
                    artifactLocation: { uri: 'migrations/0002_t.sql' },
                    region: { startLine: 2, startColumn: 1, endLine: 2, endColumn: 7 },
                  },
                },
              ],
              fixes: [
                {
                  artifactChanges: [
                    {
                      replacements: [
                        {
                          deletedRegion: { startLine: 2, endLine: 3, endColumn: 1 },
                          insertedContent: { text: '' },
                        },
                      ],
                    },
                  ],
                },
              ],
            },
            { ruleId: 'data/delete-without-where' },
          ],
        },
      ],
    });
  });

  it('give a finding the same identity when the file grows above it', async () => {
    const shifted = { ...example, '0002_t.sql': `-- more\n\n${example['0002_t.sql']}` };
    const identities = async (files: typeof example) =>
      [...(await render('gitlab', files)).matchAll(/"fingerprint": "(\w+)"/g)].map(([, id]) => id);
    expect(await identities(shifted)).toEqual(await identities(example));
  });

  it('tell equal findings of one file apart for GitLab', async () => {
    const text = await render('gitlab', { '0001_t.sql': 'VACUUM;\nVACUUM;' });
    const ids = [...text.matchAll(/"fingerprint": "(\w+)"/g)].map(([, id]) => id);
    expect(new Set(ids).size).toBe(2);
  });

  it('are JUnit, well formed whatever a message holds', async () => {
    const text = await render('junit', { '0001_<&">.sql': 'SELECT \'a\u0001<&">' });
    expect(text).toContain('<testsuites name="d1-lint" tests="2" failures="2">');
    expect(text).toContain(
      '<testsuite name="migrations/0001_&lt;&amp;&quot;&gt;.sql" tests="2" failures="2">',
    );
    expect(text).not.toMatch(/\u0001|&(?!(amp|lt|gt|quot|apos);)/);
    expect(await render('junit')).toContain('<testcase name="migrations/0001_t.sql" classname="d1-lint"/>');
  });
});

describe('names that somebody means ill with', () => {
  const name = `"${HOSTILE_NAME.replaceAll('"', '""')}"`;
  const files = {
    [`0001_${HOSTILE_NAME.replaceAll('/', '')}.sql`]: `CREATE TABLE ${name} (id INTEGER PRIMARY KEY, x);\nDELETE FROM ${name};\n`,
  };

  it.each(['pretty', 'json', 'sarif', 'gitlab'] as const)(
    'do nothing to the log of a job (%s)',
    async (format) => {
      const text = await render(format, files);
      expect(text).toContain('stop-commands');
      expect(text).not.toMatch(HARMFUL);
    },
  );

  it('stay within their annotation', async () => {
    const { findings } = await reportOf(files);
    const lines = (await render('github', files)).split('\n');
    expect(lines).toHaveLength(findings.length);
    expect(lines.filter((line) => !/^::(error|warning|notice) file=/.test(line))).toEqual([]);
    expect(lines.join('')).not.toMatch(/\p{Cc}|\p{Bidi_Control}/u);
  });

  it('stay within their element', async () => {
    const text = await render('junit', files);
    const kinds = [...text.matchAll(/<(?!\/)([^ />]*)/g)].map(([, kind]) => kind);
    expect(new Set(kinds)).toEqual(new Set(['?xml', 'testsuites', 'testsuite', 'testcase', 'failure']));
    expect(text).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]/u);
  });
});
