import fc from 'fast-check';
import { loadTokenizer, splitStatements, statementText } from '../sql/index.ts';
import { sqlStatements } from './sql-stream.ts';

const tokenize = await loadTokenizer();

async function* inChunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = Buffer.from(text);
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function split(text: string, size: number): Promise<readonly string[]> {
  const statements: string[] = [];
  for await (const statement of sqlStatements(inChunks(text, size))) statements.push(statement);
  return statements;
}

/** Without what no engine sees. */
const words = (sql: string) =>
  tokenize(sql)
    .filter(({ kind }) => kind !== 'whitespace' && kind !== 'comment')
    .map(({ text }) => text)
    .join(' ');

const PIECES = [
  "INSERT INTO t VALUES ('a;b''c', \"d;\", [e;], `f;`);",
  '-- a comment; with a semicolon\n',
  '/* one more; */',
  'CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT CASE WHEN 1 THEN 2 END; DELETE FROM u; END;',
  'create temp trigger y after insert on t begin select 1; end;',
  "SELECT 'größe 🎉;';",
  'SELECT 1 - 2 / 3 -- end\n;',
  ';\n;',
  'CREATE TABLE trigger_end (begin, "end");',
  '\r\n  ',
];

describe('SQL in chunks', () => {
  it('is cut where the whole text is, wherever the chunks end', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }),
        fc.integer({ min: 1, max: 40 }),
        async (pieces, size) => {
          const text = pieces.join(' ');
          const expected = splitStatements(tokenize(text)).map((one) => words(statementText(text, one)));
          expect((await split(text, size)).map(words)).toEqual(expected);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('gives a last statement without its semicolon too', async () => {
    expect(await split('SELECT 1; SELECT 2', 5)).toEqual(['SELECT 1', ' SELECT 2']);
    expect(await split('SELECT 1; -- end', 100)).toEqual(['SELECT 1']);
  });
});
