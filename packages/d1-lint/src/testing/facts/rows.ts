import { accepted, refused, SET_UP, type Fact } from './fact.ts';

/** Statements on rows. */
export const rows: readonly Fact[] = [
  ...accepted(
    'EXPLAIN SELECT 1',
    'EXPLAIN QUERY PLAN SELECT 1',
    "INSERT INTO p(x) VALUES('z') RETURNING *",
    'DELETE FROM c RETURNING id',
    "INSERT INTO p VALUES(1,'q') ON CONFLICT(id) DO UPDATE SET x=excluded.x",
    'UPDATE p SET x=c.v FROM c WHERE c.pid=p.id',
    "REPLACE INTO p VALUES(1,'q')",
    'CREATE TABLE q AS SELECT * FROM p',
    'DROP TABLE c',
    'CREATE VIEW v AS SELECT * FROM nosuch',
    "CREATE TRIGGER tr BEFORE INSERT ON p BEGIN SELECT RAISE(ABORT,'no'); END",
    'CREATE TRIGGER tr AFTER INSERT ON p BEGIN SELECT CASE(1) WHEN 1 THEN 2 END; END',
    'SELECT 1',
    'SELECT 1 -- trailing',
    'SELECT 1 /* unterminated',
    'UPDATE p SET x=1 LIMIT 1',
    'SELECT * FROM p RIGHT JOIN c ON 1',
    'SELECT * FROM p FULL OUTER JOIN c ON 1',
    'SELECT * FROM p NATURAL JOIN c',
    'SELECT name FROM sqlite_master',
    'SELECT 1 a, 2 a',
    'SELECT p.id, c.id FROM p, c',
  ),
  ...refused(
    "UPDATE sqlite_master SET sql='x'",
    'DELETE FROM sqlite_master',
    "UPDATE sqlite_schema SET name='q' WHERE name='p'",
    'DROP TABLE p',
    'CREATE TRIGGER tr AFTER INSERT ON nosuch BEGIN SELECT 1; END',
    "SELECT 'abc\u0000def'",
    'SELECT 1\u0000, 2',
    'DROP TABLE _cf_METADATA',
  ),
  {
    sql: 'DELETE FROM sqlite_sequence',
    setUp: [
      ...SET_UP,
      'CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'INSERT INTO a(id) VALUES (5)',
    ],
  },
  {
    sql: "INSERT INTO sqlite_sequence(name,seq) VALUES('a',9)",
    setUp: [
      ...SET_UP,
      'CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'INSERT INTO a(id) VALUES (5)',
    ],
  },
  {
    sql: "UPDATE sqlite_sequence SET seq=99 WHERE name='a'",
    setUp: [
      ...SET_UP,
      'CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'INSERT INTO a(id) VALUES (5)',
    ],
  },
  {
    sql: 'SELECT * FROM sqlite_sequence',
    setUp: [
      ...SET_UP,
      'CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'INSERT INTO a(id) VALUES (5)',
    ],
  },
  {
    sql: 'DROP TABLE sqlite_sequence',
    refused: true,
    setUp: [
      ...SET_UP,
      'CREATE TABLE a(id INTEGER PRIMARY KEY AUTOINCREMENT)',
      'INSERT INTO a(id) VALUES (5)',
    ],
  },
  {
    sql: 'DROP TABLE p',
    dependsOnRows: true,
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id), v TEXT)',
      'CREATE INDEX ic ON c(v)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
    ],
  },
  { sql: 'DELETE FROM p WHERE id=1', refused: true, dependsOnRows: true },
  { sql: "INSERT INTO c VALUES(9,99,'x')", refused: true, dependsOnRows: true },
  {
    sql: "INSERT INTO c VALUES(1,1,'x')",
    refused: true,
    setUp: ['CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES later(id), v TEXT)'],
  },
  {
    sql: "INSERT INTO c VALUES(1,NULL,'x')",
    refused: true,
    setUp: ['CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES later(id), v TEXT)'],
  },
  {
    sql: 'CREATE TRIGGER tr INSTEAD OF INSERT ON v BEGIN INSERT INTO p(x) VALUES(new.x); END',
    setUp: [...SET_UP, 'CREATE VIEW v AS SELECT x FROM p'],
  },
  { sql: ['SELECT 1', 'SELECT 2'] },
  {
    sql: 'INSERT INTO a VALUES(9)',
    setUp: [
      'CREATE TABLE a(x)',
      'CREATE TRIGGER r AFTER INSERT ON a WHEN new.x>0 BEGIN INSERT INTO a VALUES(new.x-1); END',
    ],
  },
  {
    sql: 'INSERT INTO a VALUES(10)',
    setUp: [
      'CREATE TABLE a(x)',
      'CREATE TRIGGER r AFTER INSERT ON a WHEN new.x>0 BEGIN INSERT INTO a VALUES(new.x-1); END',
    ],
  },
  {
    sql: 'INSERT INTO a VALUES(11)',
    setUp: [
      'CREATE TABLE a(x)',
      'CREATE TRIGGER r AFTER INSERT ON a WHEN new.x>0 BEGIN INSERT INTO a VALUES(new.x-1); END',
    ],
  },
  {
    sql: 'INSERT INTO a VALUES(12)',
    setUp: [
      'CREATE TABLE a(x)',
      'CREATE TRIGGER r AFTER INSERT ON a WHEN new.x>0 BEGIN INSERT INTO a VALUES(new.x-1); END',
    ],
  },
  { sql: 'DELETE FROM p LIMIT 1', refused: true, dependsOnRows: true },
  { sql: "INSERT INTO a VALUES('x')", refused: true, setUp: ['CREATE TABLE a(n INTEGER) STRICT'] },
  { sql: 'INSERT INTO a VALUES(1e999)', setUp: ['CREATE TABLE a(n)'] },
];
