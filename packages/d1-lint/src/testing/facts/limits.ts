import { accepted, refused, SET_UP, type Fact } from './fact.ts';

const repeat = (count: number, text: string, separator = ', '): string =>
  Array(count).fill(text).join(separator);
const numbered = (count: number, text: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => text(index)).join(', ');

const ofLength = (bytes: number) => `SELECT '${'x'.repeat(bytes - 9)}'`;
const table = (columns: number) => `CREATE TABLE a(${numbered(columns, (index) => `c${index}`)})`;
const result = (columns: number) => `SELECT ${repeat(columns, '1')}`;
const union = (terms: number) => repeat(terms, 'SELECT 1', ' UNION ALL ');
const rows = (count: number) => `INSERT INTO p(x) VALUES ${repeat(count, "('r')")}`;
const cte = (count: number) => `WITH r(i) AS (VALUES ${repeat(count, '(1)')}) SELECT count(*) FROM r`;
const pattern = (keyword: string, bytes: number) => `SELECT 'x' ${keyword} '${'a'.repeat(bytes)}'`;
const call = (count: number) => `SELECT max(${repeat(count, '1')})`;
const sum = (terms: number) => `SELECT ${repeat(terms, '1', '+')}`;
const join = (tables: number) => `SELECT 1 FROM ${numbered(tables, (index) => `p AS p${index}`)}`;
const blob = (bytes: number) => `SELECT length(zeroblob(${bytes})) v`;

const emptyTable = ['CREATE TABLE p(x)'];
const anyTable = ['CREATE TABLE p(b)'];

/** What is too much of a thing. */
export const limits: readonly Fact[] = [
  ...accepted(...[90_000, 99_000, 99_999, 100_000].map(ofLength)),
  ...refused(...[100_001, 101_000, 102_400, 150_000, 1_000_000].map(ofLength)),
  ...accepted(...[99, 100].map(table)),
  ...refused(...[101, 500, 2000, 2001].map(table)),
  ...accepted(result(100)),
  ...refused(...[101, 1000, 2001].map(result)),
  ...accepted(...[2, 3, 4, 5].map(union)),
  ...refused(...[6, 10, 500].map(union)),
  ...accepted(...[3, 5, 6, 500, 501, 1000, 5000, 10_000].map(rows)),
  ...refused(rows(11_000)),
  ...accepted(...[5, 100].map(cte)),
  ...accepted(pattern('LIKE', 49), pattern('LIKE', 50), pattern('GLOB', 50)),
  ...refused(pattern('LIKE', 51), pattern('GLOB', 51)),
  ...accepted(...[30, 31, 32, 33, 64, 100, 101, 127].map(call)),
  ...refused(call(128)),
  ...accepted(...[50, 98, 99, 100].map(sum)),
  ...refused(...[101, 500, 1000].map(sum)),
  { sql: join(64), setUp: emptyTable },
  { sql: join(65), setUp: emptyTable, refused: true },
  ...accepted(...[2_000_000, 2_000_001, 2_097_152, 2_097_153, 2_200_000].map(blob)),
  ...[3_000_000, 5_000_000].map((bytes) => ({ sql: blob(bytes), oldest: 'refused' as const })),
  ...[2_000_000, 2_100_000].map((bytes) => ({
    sql: `INSERT INTO p VALUES(zeroblob(${bytes}))`,
    setUp: anyTable,
  })),
  ...accepted(
    'WITH RECURSIVE r(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM r WHERE i<100000) SELECT count(*) v FROM r',
  ),
  ...refused('SELECT ?1', 'SELECT ?1, ?2', 'SELECT ?100', 'SELECT ?101', 'SELECT :a'),
  {
    sql: [
      ...Array.from({ length: 99 }, (_, index) => `INSERT INTO p VALUES(${100 + index}, 'r')`),
      'SELEKT 1',
    ],
    refused: true,
    setUp: SET_UP,
  },
];
