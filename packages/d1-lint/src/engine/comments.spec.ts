import { loadTokenizer, splitStatements, type Tokenize } from 'd1-core/sql';
import { allRules } from '../rules/index.ts';
import { exampleFiles, lintFile, lintFiles } from '../testing/examples.ts';
import { fixFiles } from './fix.ts';

let tokenize: Tokenize;
beforeAll(async () => {
  tokenize = await loadTokenizer();
});

const commentsIn = (text: string): readonly string[] =>
  tokenize(text)
    .filter(({ kind }) => kind === 'comment')
    .map((token) => token.text.trim())
    .sort();

/** With a comment of its own after every word, which changes nothing of what it does. */
function withComments(text: string): string {
  let count = 0;
  return splitStatements(tokenize(text))
    .flatMap(({ tokens }) => [...tokens, { kind: 'punctuation', text: ';\n' } as const])
    .map((token) => (token.kind === 'whitespace' ? token.text : `${token.text} /* c${(count += 1)} */`))
    .join('');
}

const examples = allRules.flatMap(({ id, bad }) =>
  bad.map((example) => [id, exampleFiles(example)] as const).filter(([, files]) => files.length > 0),
);

describe('--fix', () => {
  it('deletes no comment, whatever it fixes', async () => {
    const fixedRules = new Set<string>();
    for (const [id, files] of examples) {
      const commented = files.map(({ name, text }) =>
        text.length > 5_000 ? lintFile([name, text]) : lintFile([name, withComments(text)]),
      );
      const config = { preset: 'engine-only', rules: { [id]: 'error' } } as const;
      const { changed, fixed } = await fixFiles(commented, (current) => lintFiles(current, config));
      if (fixed > 0) fixedRules.add(id);
      for (const file of changed) {
        const before = commented.find(({ name }) => name === file.name)?.text ?? '';
        expect([id, commentsIn(file.text)]).toEqual([id, commentsIn(before)]);
      }
    }
    // What it does without loss it still does.
    expect([...fixedRules]).toEqual(
      expect.arrayContaining([
        'compat/no-vacuum',
        'schema/double-quoted-string',
        'dml/insert-without-columns',
      ]),
    );
  });

  it('does not take half of a transaction away', async () => {
    const files = exampleFiles('BEGIN /* ours */ TRANSACTION;\nSELECT 1;\nCOMMIT;\n');
    expect(await fixFiles(files, (current) => lintFiles(current))).toMatchObject({ changed: [], fixed: 0 });
  });

  it('splits a long INSERT with every comment at its row', async () => {
    const rows = Array.from(
      { length: 400 },
      (_, row) => `-- before ${row}\n(${row}, '${'x'.repeat(400)}'), -- at ${row}`,
    );
    const [file] = exampleFiles(
      `CREATE TABLE t (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
INSERT /* all */ INTO t (id, name) VALUES -- rows
${rows.join('\n').replace(/, (-- at 399)$/, ' $1')}\n;\n`,
    );
    if (file === undefined) throw new Error('no file');
    const { changed, result } = await fixFiles([file], (current) => lintFiles(current));
    const text = changed[0]?.text ?? '';
    expect(result.findings).toEqual([]);
    expect(commentsIn(text)).toEqual(commentsIn(file.text));
    expect(text.match(/INSERT/g)).toHaveLength(2);
    expect(text.match(/^\(\d+, 'x+'\),? -- at \d+$/gm)).toHaveLength(400);
    expect(text).toMatch(/-- at \d+\n;\nINSERT\s+INTO t \(id, name\) VALUES\n-- before/);
  });
});
