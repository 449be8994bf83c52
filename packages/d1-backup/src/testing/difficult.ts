/** Schemas and values that dumps of SQLite and D1 are known to get wrong. Each is a list of statements. */
export const DIFFICULT: Readonly<Record<string, readonly string[]>> = {
  'an empty database': [],
  'integers beyond 2^53': [
    'CREATE TABLE a (id INTEGER PRIMARY KEY, v)',
    'INSERT INTO a VALUES (9007199254740993, 9223372036854775807), (-9223372036854775808, -9223372036854775808), (9007199254740992, 1)',
  ],
  reals: [
    'CREATE TABLE a (id INTEGER PRIMARY KEY, v)',
    'INSERT INTO a (v) VALUES (1.0), (0.1), (1e999), (-1e999), (5e-324), (1.7976931348623157e308), (-1.5e-300), (1e22), (1e23), (123456789.123456789), (0.0)',
  ],
  texts: [
    'CREATE TABLE a (id INTEGER PRIMARY KEY, v)',
    `INSERT INTO a (v) VALUES ('C:\\new' || char(10) || 'line'), ('a''b"c\`d;--/*'), ('😀é'), (''), (CAST(x'6100620a5c6e' AS TEXT)), (CAST(x'ff41fe' AS TEXT)), ('BEGIN TRANSACTION; COMMIT;'), (char(13) || '\\r' || char(13, 10)), (x''), (x'00ff'), (NULL)`,
  ],
  'long values': [
    'CREATE TABLE a (id INTEGER PRIMARY KEY, t TEXT CHECK (t IS NULL OR length(t) > 50000), b BLOB, n INTEGER)',
    `INSERT INTO a VALUES (1, replace(hex(zeroblob(60000)), '00', 'é\n'), NULL, 1), (2, NULL, randomblob(1900000), 2), (3, NULL, randomblob(60000), 3), (4, printf('%.*c', 100000, '7'), x'00', 4)`,
  ],
  'rowids that no column shows': [
    'CREATE TABLE a (v)',
    "INSERT INTO a (rowid, v) VALUES (1, 'x'), (3, 'y'), (-5, 'z')",
    'CREATE TABLE b (rowid TEXT, v)',
    "INSERT INTO b (_rowid_, rowid) VALUES (7, 'seven')",
    'CREATE TABLE c (id INTEGER PRIMARY KEY DESC, v)',
    'INSERT INTO c (rowid, id) VALUES (9, 1)',
  ],
  'tables without rowid': [
    'CREATE TABLE a (k TEXT COLLATE NOCASE, n, v, PRIMARY KEY (k COLLATE BINARY, n)) WITHOUT ROWID',
    `WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 450) INSERT INTO a SELECT iif(i % 2, 'A', 'a'), CASE i % 3 WHEN 0 THEN i WHEN 1 THEN 'n' || i ELSE CAST('b' || i AS BLOB) END, i FROM i`,
  ],
  'a child before its parent, a cycle and a tree': [
    'CREATE TABLE c (id INTEGER PRIMARY KEY, p REFERENCES p (code))',
    'CREATE TABLE p (id INTEGER PRIMARY KEY, code TEXT)',
    'CREATE UNIQUE INDEX p_code ON p (code)',
    "INSERT INTO p VALUES (1, 'one')",
    "INSERT INTO c VALUES (1, 'one')",
    'CREATE TABLE x (id INTEGER PRIMARY KEY, y REFERENCES y (id))',
    'CREATE TABLE y (id INTEGER PRIMARY KEY, x REFERENCES x (id))',
    'INSERT INTO x VALUES (1, NULL)',
    'INSERT INTO y VALUES (1, 1)',
    'UPDATE x SET y = 1',
    'CREATE TABLE tree (id INTEGER PRIMARY KEY, up REFERENCES tree (id), note TEXT)',
    'PRAGMA defer_foreign_keys = on',
    'WITH RECURSIVE i(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM i WHERE i < 3000) INSERT INTO tree SELECT i, nullif(3001 - i, i), hex(zeroblob(100)) FROM i',
  ],
  'generated columns, STRICT, defaults': [
    "CREATE TABLE a (id INTEGER PRIMARY KEY, x INTEGER, y AS (x * 2), z TEXT AS ('z' || x) STORED, d DEFAULT (1 + 1))",
    'INSERT INTO a (x) VALUES (1), (2)',
    'CREATE TABLE s (a ANY, b REAL) STRICT',
    "INSERT INTO s VALUES (1.0, 2), (4, 4), ('1.0', NULL)",
  ],
  AUTOINCREMENT: [
    'CREATE TABLE a (id INTEGER PRIMARY KEY AUTOINCREMENT, v)',
    'INSERT INTO a (v) VALUES (1), (2), (3)',
    'DELETE FROM a',
    'CREATE TABLE b (id INTEGER PRIMARY KEY AUTOINCREMENT)',
    'INSERT INTO b VALUES (9223372036854775807)',
  ],
  'indexes, views, triggers and statistics': [
    'CREATE TABLE "odd ""name; [x]" ("a b" TEXT COLLATE NOCASE UNIQUE, [c;d], /* kept */ "order" INTEGER)',
    'CREATE INDEX "i;1" ON "odd ""name; [x]" (lower("a b"), "order" DESC) WHERE "order" > 1',
    `INSERT INTO "odd ""name; [x]" VALUES ('x', 1, 2), ('y', 2, 3)`,
    'CREATE VIEW v1 AS SELECT * FROM v2',
    'CREATE VIEW v2 AS SELECT "a b" AS ab FROM "odd ""name; [x]" -- end',
    'CREATE TABLE log (t TEXT) STRICT -- end',
    'CREATE INDEX log_t ON log (t)  /* open',
    `CREATE TRIGGER tr AFTER INSERT ON "odd ""name; [x]" BEGIN INSERT INTO log VALUES (CASE WHEN new."order" > 1 THEN 'a;b' ELSE 'END;' END); UPDATE log SET t = t || ';'; END`,
    `CREATE TRIGGER instead INSTEAD OF INSERT ON v2 BEGIN INSERT INTO log VALUES (new.ab); END`,
    'ANALYZE',
  ],
  'full-text search': [
    'CREATE TABLE doc (id INTEGER PRIMARY KEY, title TEXT, body TEXT)',
    "INSERT INTO doc VALUES (1, 'One', 'red fish'), (5, 'Two', 'blue fish')",
    "CREATE VIRTUAL TABLE own USING fts5(a, b UNINDEXED, tokenize = 'porter unicode61')",
    "INSERT INTO own (rowid, a, b) VALUES (3, 'running cats', 'x'), (10, 'dogs', 7)",
    "INSERT INTO own (own, rank) VALUES ('rank', 'bm25(10.0, 5.0)')",
    `CREATE VIRTUAL TABLE "ext" USING FTS5(title, body, content='doc', content_rowid='id')`,
    "INSERT INTO ext (ext) VALUES ('rebuild')",
    'CREATE VIRTUAL TABLE words USING fts5vocab(own, row)',
    'CREATE TRIGGER doc_ai AFTER INSERT ON doc BEGIN INSERT INTO ext (rowid, title, body) VALUES (new.id, new.title, new.body); END',
  ],
  'searches whose text is gone': [
    'CREATE TABLE doc (title TEXT, body TEXT)',
    "INSERT INTO doc VALUES ('One', 'red fish')",
    "CREATE VIRTUAL TABLE renamed USING fts5(title, content='doc')",
    "CREATE VIRTUAL TABLE narrowed USING fts5(title, body, content='docs')",
    "INSERT INTO renamed (renamed) VALUES ('rebuild')",
    'ALTER TABLE doc RENAME TO docs',
    "INSERT INTO narrowed (narrowed) VALUES ('rebuild')",
    'ALTER TABLE docs DROP COLUMN body',
  ],
  'a hundred columns': [
    `CREATE TABLE wide (${Array.from({ length: 100 }, (_, index) => `"a rather long name of a column, number ${index}"`).join(', ')})`,
    `INSERT INTO wide VALUES (${Array.from({ length: 100 }, (_, index) => `'value ${index}'`).join(', ')})`,
    `INSERT INTO wide SELECT ${Array.from({ length: 100 }, (_, index) => `hex(randomblob(${index * 10}))`).join(', ')}`,
  ],
  'a table with the name of our helper': [
    'CREATE TABLE d1_backup_pieces (x)',
    'INSERT INTO d1_backup_pieces VALUES (randomblob(100000))',
  ],
};

/** Sets whose only table is `a`: in one database each has another name for it. */
const OF_ONE_TABLE = ['integers beyond 2^53', 'reals', 'texts', 'long values', 'tables without rowid'];
/** Sets with names that no other has. */
const OF_OWN_NAMES = ['indexes, views, triggers and statistics', 'full-text search', 'a hundred columns'];

/** The sets that fit into one database. */
export const DIFFICULT_TOGETHER: readonly string[] = [
  ...OF_ONE_TABLE.flatMap((set, index) =>
    (DIFFICULT[set] ?? []).map((sql) => sql.replace(/\b(TABLE|INTO) a\b/g, `$1 a${index}`)),
  ),
  ...OF_OWN_NAMES.flatMap((set) => DIFFICULT[set] ?? []),
];

/** All sets in few databases: those that fit into one together, and the others each alone. */
export const DIFFICULT_DATABASES: readonly (readonly [name: string, statements: readonly string[]])[] = [
  [[...OF_ONE_TABLE, ...OF_OWN_NAMES].join(', '), DIFFICULT_TOGETHER],
  ...Object.entries(DIFFICULT).filter(([name]) => ![...OF_ONE_TABLE, ...OF_OWN_NAMES].includes(name)),
];
