import { loadTokenizer, type Tokenize } from '../sql/index.ts';
import {
  parseColumnDefinition,
  parseTableDefinition,
  printColumnDefinition,
  printTableDefinition,
  renameTableDefinition,
} from './table-definition.ts';

const SQL = `CREATE TABLE "my list" (
  id INTEGER PRIMARY KEY, -- the key
  [a, b] TEXT DEFAULT 'x, (y',
  total NUMERIC(10, 2) CHECK (total IN (1, 2)),
  "check" TEXT,
  CONSTRAINT named UNIQUE (id, total),
  FOREIGN KEY (total) REFERENCES other (a, b)
) STRICT`;

describe('a CREATE TABLE', () => {
  let tokenize: Tokenize;
  beforeAll(async () => void (tokenize = await loadTokenizer()));

  it('is taken apart at its commas, and printed as it was', () => {
    const definition = parseTableDefinition(SQL, tokenize);
    expect(definition?.parts.map(({ column, text }) => [column, text])).toEqual([
      ['id', 'id INTEGER PRIMARY KEY'],
      ['a, b', "[a, b] TEXT DEFAULT 'x, (y'"],
      ['total', 'total NUMERIC(10, 2) CHECK (total IN (1, 2))'],
      ['check', '"check" TEXT'],
      [undefined, 'CONSTRAINT named UNIQUE (id, total)'],
      [undefined, 'FOREIGN KEY (total) REFERENCES other (a, b)'],
    ]);
    expect(definition && printTableDefinition(definition)).toBe(SQL);
  });

  it('gets another name, and keeps all else', () => {
    const definition = parseTableDefinition(SQL, tokenize);
    const renamed = definition && renameTableDefinition(definition, 'new_list', tokenize);
    expect(renamed && printTableDefinition(renamed)).toBe(SQL.replace('"my list"', 'new_list'));
  });

  it('has no parts where it is made from a SELECT', () => {
    expect(parseTableDefinition('CREATE TABLE t AS SELECT 1', tokenize)).toBeUndefined();
  });
});

describe('the definition of a column', () => {
  let tokenize: Tokenize;
  beforeAll(async () => void (tokenize = await loadTokenizer()));

  it.each([
    ['a', '', []],
    ['a TEXT', 'TEXT', []],
    ['a VARCHAR (20) NOT NULL', 'VARCHAR (20)', ['NOT NULL']],
    ['a DOUBLE PRECISION DEFAULT -1.5 UNIQUE', 'DOUBLE PRECISION', ['DEFAULT -1.5', 'UNIQUE']],
    ['id INTEGER PRIMARY KEY AUTOINCREMENT', 'INTEGER', ['PRIMARY KEY AUTOINCREMENT']],
    [
      'a TEXT CONSTRAINT n NOT NULL ON CONFLICT IGNORE CONSTRAINT c CHECK (a IS NOT NULL)',
      'TEXT',
      ['CONSTRAINT n NOT NULL ON CONFLICT IGNORE', 'CONSTRAINT c CHECK (a IS NOT NULL)'],
    ],
    [
      'a INTEGER REFERENCES p (id) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE DEFAULT NULL',
      'INTEGER',
      ['REFERENCES p (id) ON DELETE SET NULL ON UPDATE SET DEFAULT NOT DEFERRABLE', 'DEFAULT NULL'],
    ],
    [
      "a TEXT DEFAULT (coalesce(NULL, 'x')) COLLATE nocase",
      'TEXT',
      ["DEFAULT (coalesce(NULL, 'x'))", 'COLLATE nocase'],
    ],
    ['a TEXT GENERATED ALWAYS AS (b || c) STORED', 'TEXT', ['GENERATED ALWAYS AS (b || c) STORED']],
    ['a AS (b) NOT NULL', '', ['AS (b)', 'NOT NULL']],
    ['"a" TEXT NULL', 'TEXT', ['NULL']],
  ])('%s is taken apart, and printed as it was', (text, type, clauses) => {
    const definition = parseColumnDefinition(text, tokenize);
    expect(definition.type).toBe(type);
    expect(definition.clauses.map((clause) => clause.text)).toEqual(clauses);
    expect(printColumnDefinition(definition)).toBe(text);
  });

  it('loses its comments', () => {
    expect(printColumnDefinition(parseColumnDefinition('a /* x */ TEXT -- y\n NOT NULL', tokenize))).toBe(
      'a TEXT NOT NULL',
    );
  });
});
