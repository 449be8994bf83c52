/** A migration that loses something, or a harmless twin. Each has its own tables and its own file, so that one run shows them all. */
export interface LossForm {
  /** With rows. `#` stands for the number of the form. */
  readonly tables: string;
  readonly migration: string;
  /** What is lost: `<count> <what> <table>[.<column>]`, with the line. */
  readonly lost: readonly string[];
  /** Why two rows in each table do not show it. */
  readonly unseenByLint?: string;
  /** Why counting rows and values before and after does not show it. */
  readonly uncounted?: string;
  /** Why lint stops at it, though the rows that were there lose nothing. */
  readonly stoppedByLint?: string;
}

const THREE = '(id INTEGER PRIMARY KEY, name TEXT)';
const three = (table: string, more = '') =>
  `CREATE TABLE ${table} ${THREE}; INSERT INTO ${table} VALUES (1, 'one'), (2, 'two'), (3, 'three');${more}`;
const child = (table: string, parent: string, action: string) =>
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, parent INTEGER DEFAULT 3 REFERENCES ${parent} (id) ${action}); INSERT INTO ${table} VALUES (1, 1), (2, 2);`;

/** A table of the form of `three` that takes another of the same form, as generators write it. */
const rebuilt = (table: string, tail = ''): string =>
  [
    `CREATE TABLE n# ${THREE};`,
    `INSERT INTO n# SELECT * FROM ${table}${tail === '' ? '' : ` ${tail}`};`,
    `DROP TABLE ${table};`,
    `ALTER TABLE n# RENAME TO ${table};`,
  ].join('\n');

export const lossForms: Readonly<Record<string, LossForm>> = {
  'an UPDATE whose trigger deletes from another table': {
    tables: `${three('a#')} ${three('b#')} CREATE TRIGGER t# AFTER UPDATE ON a# BEGIN DELETE FROM b# WHERE id = NEW.id; END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id < 3;",
    lost: ['2 rows b#:1'],
  },
  'an INSERT into a table with ON CONFLICT REPLACE': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE); INSERT INTO a# VALUES (1, 'one'), (2, 'two');",
    migration: "INSERT INTO a# VALUES (7, 'one');",
    lost: ['1 rows a#:1'],
    uncounted: 'as many rows come as go',
  },
  'a DELETE that is filled up with as many other rows': {
    tables: three('a#'),
    migration: "DELETE FROM a#;\nINSERT INTO a# VALUES (1, 'uno'), (2, 'two'), (9, 'nine');",
    lost: ['1 rows a#:1', '1 values a#.name:1'],
    uncounted: 'as many rows come as go',
  },
  'a table that takes the name of another': {
    tables: `${three('small#')} ${three('big#', "INSERT INTO big# VALUES (4, 'four');")}`,
    migration: 'DROP TABLE small#;\nALTER TABLE big# RENAME TO small#;',
    lost: ['3 rows small#:1'],
  },
  'a table that is made again with other rows in the same number': {
    tables: three('a#'),
    migration: `DROP TABLE a#;\nCREATE TABLE a# ${THREE};\nINSERT INTO a# VALUES (1, 'x'), (2, 'y'), (3, 'z');`,
    lost: ['3 values a#.name:1'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'ON DELETE SET NULL': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE SET NULL')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: it was a test\nDELETE FROM a# WHERE id = 1;',
    lost: ['1 rows a#:2 (it was a test)', '1 values b#.parent:2'],
  },
  'ON DELETE SET DEFAULT': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE SET DEFAULT')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: it was a test\nDELETE FROM a# WHERE id = 1;',
    lost: ['1 rows a#:2 (it was a test)', '1 values b#.parent:2'],
    uncounted: 'another parent is one as well',
  },
  'ON UPDATE SET NULL': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON UPDATE SET NULL')}`,
    migration:
      'UPDATE a# SET name = upper(name);\n-- d1-migrate: expect-rows-lost a#: numbered again\nUPDATE a# SET id = id + 10;',
    lost: ['3 rows a#:3 (numbered again)', '2 values b#.parent:3'],
  },
  'a rebuild that copies rows twice by a JOIN': {
    tables: `${three('a#')} ${child('b#', 'a#', '')} INSERT INTO b# VALUES (3, 1);`,
    migration: `CREATE TABLE n# (id INTEGER, name TEXT);\nINSERT INTO n# SELECT a#.id, name FROM a# LEFT JOIN b# ON parent = a#.id;\nUPDATE b# SET parent = NULL;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 twice a#:4'],
    uncounted: 'there are more rows, not fewer',
  },
  'a rebuild that copies rows twice by a UNION ALL': {
    tables: three('a#'),
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT id, name FROM a# UNION ALL SELECT id + 100, name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['3 twice a#:3'],
    uncounted: 'there are more rows, not fewer',
  },
  'a view with an INSTEAD OF trigger': {
    tables: `${three('a#')} CREATE VIEW v# AS SELECT * FROM a#; CREATE TRIGGER t# INSTEAD OF DELETE ON v# BEGIN DELETE FROM a# WHERE id = OLD.id; END;`,
    migration: 'DELETE FROM v# WHERE id = 2;',
    lost: ['1 rows a#:1'],
  },
  'a trigger that is made in the same file': {
    tables: `${three('a#')} ${three('b#')}`,
    migration:
      'CREATE TRIGGER t# AFTER INSERT ON a# BEGIN DELETE FROM b#; END;\nINSERT INTO a# VALUES (4, 4);\nDROP TRIGGER t#;',
    lost: ['3 rows b#:2'],
  },
  'a file that adds as many rows as the next deletes': {
    tables: three('a13'),
    migration: "INSERT INTO a13 VALUES (8, 'eight'), (9, 'nine');",
    lost: [],
  },
  'the next, whose announcement is in another file': {
    tables: '',
    migration: 'DELETE FROM a13 WHERE id < 3;',
    lost: ['2 rows a13:1'],
    uncounted: 'as many rows come as go',
    unseenByLint: 'a DELETE says so itself',
  },
  'the one with the announcement': {
    tables: '',
    migration: '-- d1-migrate: expect-rows-lost a13: too late\nSELECT 1;',
    lost: [],
  },
  'a rebuild that does not copy a column': {
    tables: three('a#'),
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# (id) SELECT id FROM a# ORDER BY name;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['3 values a#.name:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a rebuild with fewer rows, more of which are added': {
    tables: three('a#'),
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT * FROM a# LIMIT 2;\nINSERT INTO n# VALUES (8, 'x'), (9, 'y');\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 rows a#:4'],
    uncounted: 'as many rows come as go',
  },
  'values that an UPDATE, an upsert or the SELECT of a rebuild computes are no loss': {
    tables: `${three('a#')} ${three('b#')} CREATE TRIGGER t# AFTER UPDATE OF id ON b# BEGIN SELECT 1; END;`,
    migration: `UPDATE b# SET name = 'x';\nINSERT INTO b# VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = 'b';\nCREATE TABLE n# ${THREE};\nINSERT INTO n# (id, name) SELECT id, upper(name) FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: [],
  },
  'values that are announced are no loss': {
    tables: three('a#'),
    migration: `-- d1-migrate: expect-values-changed a#.name: new names\nDELETE FROM a# WHERE id = 1;\nINSERT INTO a# VALUES (1, 'uno');`,
    lost: ['1 values a#.name:2 (new names)'],
  },
  'columns that change places in a copy': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, x TEXT, y TEXT); INSERT INTO a# VALUES (1, 'x', 'y');",
    migration: `CREATE TABLE n# (id INTEGER PRIMARY KEY, x TEXT, y TEXT);\nINSERT INTO n# SELECT id, y, x FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 values a#.x:3', '1 values a#.y:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a column that is swapped beside one that is computed, where the INSERT names none': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY, n TEXT, x TEXT, y TEXT); INSERT INTO a# VALUES (1, 'n', 'x', 'y');",
    migration: `CREATE TABLE n# (id INTEGER PRIMARY KEY, n TEXT, x TEXT, y TEXT);\nINSERT INTO n# SELECT id, upper(n), y, y FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 values a#.x:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a text of digits that is copied into an INTEGER column': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY, code TEXT); INSERT INTO a# VALUES (1, '007'), (2, '8');",
    migration: `CREATE TABLE n# (id INTEGER PRIMARY KEY, code INTEGER);\nINSERT INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 values a#.code:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a rebuild that leaves a column out': {
    tables: three('a#'),
    migration: `CREATE TABLE n# (id INTEGER PRIMARY KEY);\nINSERT INTO n# SELECT id FROM a# ORDER BY name;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['3 values a#.name:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a column that its statement drops is intended': {
    tables: three('a#'),
    migration: 'ALTER TABLE a# DROP COLUMN name;',
    lost: [],
    stoppedByLint: 'a column that goes takes its values along',
  },
  'a trigger of its own that empties another column': {
    tables: `${three('a#')} ALTER TABLE a# ADD COLUMN more TEXT DEFAULT 'x'; CREATE TRIGGER t# AFTER UPDATE OF name ON a# BEGIN UPDATE a# SET more = NULL WHERE id = NEW.id; END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id = 1;",
    lost: ['1 values a#.more:1'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a trigger of its own that keeps a time up to date': {
    tables: `${three('a#')} ALTER TABLE a# ADD COLUMN at TEXT DEFAULT 'then'; CREATE TRIGGER t# AFTER UPDATE OF name ON a# BEGIN UPDATE a# SET at = 'now' WHERE id = NEW.id; END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id = 1;",
    lost: [],
  },
  'a trigger that overwrites another table': {
    tables: `${three('a#')} ${three('b#')} CREATE TRIGGER t# AFTER UPDATE ON a# BEGIN UPDATE b# SET name = 'gone' WHERE id = NEW.id; END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id = 1;",
    lost: ['1 values b#.name:1'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'keys that follow their parent by ON UPDATE CASCADE': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON UPDATE CASCADE')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: numbered again\nUPDATE a# SET id = id + 10;',
    lost: ['3 rows a#:2 (numbered again)'],
  },
  'a search index without a text of its own that is made again': {
    tables:
      "CREATE VIRTUAL TABLE a# USING fts5 (t, content = ''); INSERT INTO a# (rowid, t) VALUES (1, 'one'), (2, 'two');",
    migration: "DROP TABLE a#;\nCREATE VIRTUAL TABLE a# USING fts5 (t, content = '');",
    lost: ['2 rows a#:1'],
    uncounted: 'as many rows come as go',
    unseenByLint: 'nothing of its rows could be kept for a comparison',
  },
  'an R*Tree that is made again with fewer rows': {
    tables: 'CREATE VIRTUAL TABLE a# USING rtree (id, x0, x1); INSERT INTO a# VALUES (1, 0, 1), (2, 0, 1);',
    migration:
      'CREATE TABLE k# AS SELECT * FROM a# LIMIT 1;\nDROP TABLE a#;\nCREATE VIRTUAL TABLE a# USING rtree (id, x0, x1);\nINSERT INTO a# SELECT * FROM k#;\nDROP TABLE k#;',
    lost: ['1 rows a#:2'],
  },
  'tables that change names in a circle lose nothing': {
    tables: `${three('a#')} CREATE TABLE b# (id INTEGER PRIMARY KEY, v); INSERT INTO b# VALUES (1, 1);`,
    migration: 'ALTER TABLE a# RENAME TO x#;\nALTER TABLE b# RENAME TO a#;\nALTER TABLE x# RENAME TO b#;',
    lost: [],
  },
  'a table that becomes a view': {
    tables: three('a#'),
    migration: 'CREATE TABLE k# AS SELECT * FROM a#;\nDROP TABLE a#;\nCREATE VIEW a# AS SELECT * FROM k#;',
    lost: ['3 rows a#:2'],
  },
  'INSERT OR REPLACE that meets the UNIQUE of another row': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY, name TEXT UNIQUE); INSERT INTO a# VALUES (1, 'one'), (2, 'two');",
    migration: "INSERT OR REPLACE INTO a# VALUES (9, 'one');",
    lost: ['1 rows a#:1'],
    uncounted: 'as many rows come as go',
  },
  'REPLACE that leaves a column out': {
    tables: three('a#'),
    migration: 'REPLACE INTO a# (id) VALUES (1);',
    lost: ['1 values a#.name:1'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'UPDATE OR REPLACE that takes the key of another row': {
    tables: three('a#'),
    migration: 'UPDATE OR REPLACE a# SET id = 1 WHERE id = 2;',
    lost: ['1 rows a#:1', '1 values a#.name:1'],
  },
  'ON DELETE CASCADE of a DELETE': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: it was a test\nDELETE FROM a# WHERE id = 1;',
    lost: ['1 rows a#:2 (it was a test)', '1 rows b#:2'],
  },
  'ON DELETE CASCADE through three tables': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')} ${child('c#', 'b#', 'ON DELETE CASCADE')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: it was a test\nDELETE FROM a# WHERE id = 1;',
    lost: ['1 rows a#:2 (it was a test)', '1 rows b#:2', '1 rows c#:2'],
  },
  'a rebuild of a parent with ON DELETE CASCADE, as Drizzle writes it': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')}`,
    migration: `PRAGMA foreign_keys=OFF;\n${rebuilt('a#')}\nPRAGMA foreign_keys=ON;`,
    lost: ['2 rows b#:4'],
  },
  'a rebuild of a parent with ON DELETE CASCADE, as Prisma writes it': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')}`,
    migration: `PRAGMA defer_foreign_keys=ON;\n${rebuilt('a#')}\nPRAGMA defer_foreign_keys=OFF;`,
    lost: ['2 rows b#:4'],
  },
  'a rebuild of a parent with ON DELETE SET NULL': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE SET NULL')}`,
    migration: rebuilt('a#'),
    lost: ['2 values b#.parent:3'],
  },
  'a rebuild that keeps only some rows of the child': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')}`,
    migration: `CREATE TABLE k# AS SELECT * FROM b# LIMIT 1;\n${rebuilt('a#')}\nINSERT INTO b# SELECT * FROM k#;\nDROP TABLE k#;`,
    lost: ['1 rows b#:4'],
  },
  'a rebuild that keeps rows of the child without a column': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')}`,
    migration: `CREATE TABLE k# AS SELECT * FROM b#;\n${rebuilt('a#')}\nINSERT INTO b# (id, parent) SELECT id, NULL FROM k#;\nDROP TABLE k#;`,
    lost: ['2 values b#.parent:4'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a copy with INSERT OR IGNORE into a stricter table': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a# VALUES (1, 'x'), (2, 'x');",
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, name TEXT UNIQUE);\nINSERT OR IGNORE INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 rows a#:3'],
  },
  'a copy with INSERT OR REPLACE into a stricter table': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, name TEXT); INSERT INTO a# VALUES (1, 'x'), (2, 'x');",
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, name TEXT UNIQUE);\nINSERT OR REPLACE INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 rows a#:3'],
  },
  'a copy with WHERE': {
    tables: three('a#'),
    migration: rebuilt('a#', 'WHERE id < 3'),
    lost: ['1 rows a#:3'],
  },
  'a copy with LIMIT': { tables: three('a#'), migration: rebuilt('a#', 'LIMIT 1'), lost: ['2 rows a#:3'] },
  'a copy with OFFSET': {
    tables: three('a#'),
    migration: rebuilt('a#', 'LIMIT -1 OFFSET 1'),
    lost: ['1 rows a#:3'],
  },
  'a copy with GROUP BY': {
    tables: three('a#'),
    migration: rebuilt('a#', 'GROUP BY substr(name, 1, 1)'),
    lost: ['1 rows a#:3'],
  },
  'a copy with EXCEPT': {
    tables: three('a#'),
    migration: rebuilt('a#', 'EXCEPT SELECT * FROM a# WHERE id = 2'),
    lost: ['1 rows a#:3'],
  },
  'a copy with an INNER JOIN that finds no partner': {
    tables: `${three('a#')} ${child('b#', 'a#', '')}`,
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT a#.id, name FROM a# JOIN b# ON b#.id = a#.id;\nDELETE FROM b#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 rows a#:4', '2 rows b#:3'],
  },
  'a copy with DISTINCT': {
    tables: "CREATE TABLE a# (name TEXT); INSERT INTO a# VALUES ('x'), ('x'), ('y');",
    migration:
      'CREATE TABLE n# (name TEXT);\nINSERT INTO n# SELECT DISTINCT name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 rows a#:3'],
  },
  'a copy out of a view that hides rows': {
    tables: `${three('a#')} CREATE VIEW v# AS SELECT * FROM a# WHERE id > 1;`,
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT * FROM v#;\nDROP VIEW v#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['1 rows a#:4'],
  },
  'a copy in two steps, of which the second leaves rows out': {
    tables: three('a#'),
    migration: `CREATE TABLE k# AS SELECT * FROM a#;\nDROP TABLE a#;\nCREATE TABLE a# ${THREE};\nINSERT INTO a# SELECT * FROM k# WHERE id <> 2;\nDROP TABLE k#;`,
    lost: ['1 rows a#:2'],
  },
  'CREATE TABLE AS with a condition in place of a table': {
    tables: three('a#'),
    migration:
      'CREATE TABLE n# AS SELECT * FROM a# WHERE id > 2;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['2 rows a#:2'],
  },
  'a DELETE of all rows, of which not all are written again': {
    tables: three('a#'),
    migration:
      'CREATE TABLE k# AS SELECT * FROM a# WHERE id < 3;\nDELETE FROM a#;\nINSERT INTO a# SELECT * FROM k#;\nDROP TABLE k#;',
    lost: ['1 rows a#:2'],
  },
  'an INSERT whose trigger deletes elsewhere': {
    tables: `${three('a#')} ${three('b#')} CREATE TRIGGER t# AFTER INSERT ON a# BEGIN DELETE FROM b# WHERE id < 3; END;`,
    migration: "INSERT INTO a# VALUES (7, 'seven');",
    lost: ['2 rows b#:1'],
  },
  'a DELETE whose trigger deletes elsewhere': {
    tables: `${three('a#')} ${three('b#')} CREATE TRIGGER t# BEFORE DELETE ON a# BEGIN DELETE FROM b# WHERE id = OLD.id; END;`,
    migration: '-- d1-migrate: expect-rows-lost a#: it was a test\nDELETE FROM a# WHERE id = 2;',
    lost: ['1 rows a#:2 (it was a test)', '1 rows b#:2'],
  },
  'an UPDATE whose trigger fires a second trigger': {
    tables: `${three('a#')} ${three('b#')} ${three('c#')} CREATE TRIGGER t# AFTER UPDATE ON a# BEGIN DELETE FROM b# WHERE id = NEW.id; END; CREATE TRIGGER u# AFTER DELETE ON b# BEGIN DELETE FROM c# WHERE id = OLD.id; END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id = 1;",
    lost: ['1 rows b#:1', '1 rows c#:1'],
  },
  'an upsert whose trigger deletes elsewhere': {
    tables: `${three('a#')} ${three('b#')} CREATE TRIGGER t# AFTER UPDATE ON a# BEGIN DELETE FROM b#; END;`,
    migration: "INSERT INTO a# VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = 'x';",
    lost: ['3 rows b#:1'],
  },
  'a view whose INSTEAD OF UPDATE empties a column': {
    tables: `${three('a#')} CREATE VIEW v# AS SELECT * FROM a#; CREATE TRIGGER t# INSTEAD OF UPDATE ON v# BEGIN UPDATE a# SET name = NULL WHERE id = OLD.id; END;`,
    migration: "UPDATE v# SET name = 'x' WHERE id = 1;",
    lost: ['1 values a#.name:1'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'ON UPDATE SET DEFAULT': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON UPDATE SET DEFAULT')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: numbered again\nUPDATE a# SET id = 11 WHERE id = 1;',
    lost: ['1 rows a#:2 (numbered again)', '1 values b#.parent:2'],
    uncounted: 'another parent is one as well',
    unseenByLint: 'a row has the new key already',
  },
  'PRIMARY KEY ON CONFLICT REPLACE': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY ON CONFLICT REPLACE, name TEXT); INSERT INTO a# VALUES (1, 'one'), (2, 'two');",
    migration: "INSERT INTO a# VALUES (1, 'uno');",
    lost: ['1 values a#.name:1'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a whole number of 64 bits that is copied into a REAL column': {
    tables:
      'CREATE TABLE a# (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO a# VALUES (1, 9007199254740993), (2, 5);',
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, n REAL);\nINSERT INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 values a#.n:3'],
    uncounted: 'no row is gone, and other values are as many',
    unseenByLint: 'the numbers of its rows are small',
  },
  'a text with an exponent that is copied into a NUMERIC column': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO a# VALUES (1, '1e3'), (2, '5');",
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, n NUMERIC);\nINSERT INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 values a#.n:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a text with a space that is copied into an INTEGER column': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, n TEXT); INSERT INTO a# VALUES (1, ' 8'), (2, '5');",
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, n INTEGER);\nINSERT INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 values a#.n:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a copy by SELECT * into columns of another order': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, x TEXT, y TEXT); INSERT INTO a# VALUES (1, 'x', 'y');",
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, y TEXT, x TEXT);\nINSERT INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 values a#.x:3', '1 values a#.y:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a copy with a constant in place of a column': {
    tables: three('a#'),
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT id, '' FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['3 values a#.name:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a copy of a misspelt column in double quotes': {
    tables: three('a#'),
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT id, "nmae" FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: ['3 values a#.name:3'],
    uncounted: 'no row is gone, and other values are as many',
  },
  'a key without capitals that swallows a row': {
    tables: "CREATE TABLE a# (code TEXT PRIMARY KEY); INSERT INTO a# VALUES ('a'), ('A'), ('b');",
    migration:
      'CREATE TABLE n# (code TEXT PRIMARY KEY COLLATE NOCASE);\nINSERT OR IGNORE INTO n# SELECT * FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 rows a#:3'],
  },
  'a table with a BLOB key, copied in part': {
    tables:
      "CREATE TABLE a# (id BLOB PRIMARY KEY, name TEXT); INSERT INTO a# VALUES (x'01', 'one'), (x'0200', 'two');",
    migration:
      "CREATE TABLE n# (id BLOB PRIMARY KEY, name TEXT);\nINSERT INTO n# SELECT * FROM a# WHERE id > x'01';\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;",
    lost: ['1 rows a#:3'],
  },
  'a table WITHOUT ROWID, copied in part': {
    tables:
      "CREATE TABLE a# (x TEXT, y TEXT, name TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID; INSERT INTO a# VALUES ('a', 'b', 'one'), ('a', 'c', 'two');",
    migration:
      'CREATE TABLE n# (x TEXT, y TEXT, name TEXT, PRIMARY KEY (x, y)) WITHOUT ROWID;\nINSERT INTO n# SELECT * FROM a# GROUP BY x;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: ['1 rows a#:3'],
  },
  'a STRICT table, copied in part': {
    tables: "CREATE TABLE a# (id INTEGER PRIMARY KEY, v ANY) STRICT; INSERT INTO a# VALUES (1, '1'), (2, 2);",
    migration:
      "CREATE TABLE n# (id INTEGER PRIMARY KEY, v ANY) STRICT;\nINSERT INTO n# SELECT * FROM a# WHERE typeof(v) = 'text';\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;",
    lost: ['1 rows a#:3'],
  },
  'a full-text table that is made again with fewer rows': {
    tables: "CREATE VIRTUAL TABLE a# USING fts5 (t); INSERT INTO a# VALUES ('one'), ('two');",
    migration:
      'CREATE TABLE k# AS SELECT * FROM a# LIMIT 1;\nDROP TABLE a#;\nCREATE VIRTUAL TABLE a# USING fts5 (t);\nINSERT INTO a# SELECT * FROM k#;\nDROP TABLE k#;',
    lost: ['1 rows a#:2'],
  },
  'a table whose name has quotes, copied in part': {
    tables: `CREATE TABLE "a ""b"" #" ${THREE}; INSERT INTO "a ""b"" #" VALUES (1, 'one'), (2, 'two');`,
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# SELECT * FROM "a ""b"" #" WHERE id = 1;\nDROP TABLE "a ""b"" #";\nALTER TABLE n# RENAME TO "a ""b"" #";`,
    lost: ['1 rows a "b" #:3'],
  },
  'DROP TABLE': { tables: three('a#'), migration: 'DROP TABLE a#;', lost: ['3 rows a#:1'] },
  'DROP TABLE of a parent with ON DELETE SET NULL': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE SET NULL')}`,
    migration: '-- d1-migrate: expect-rows-lost a#: not used\nDROP TABLE a#;',
    lost: ['3 rows a#:2 (not used)', '2 values b#.parent:2'],
  },
  'DELETE with a condition': {
    tables: three('a#'),
    migration: 'DELETE FROM a# WHERE id > 2;',
    lost: ['1 rows a#:1'],
    unseenByLint: 'a DELETE says so itself',
  },
  'DELETE with a WITH': {
    tables: three('a#'),
    migration: 'WITH gone AS (SELECT 1 AS id) DELETE FROM a# WHERE id IN (SELECT id FROM gone);',
    lost: ['1 rows a#:1'],
    unseenByLint: 'a DELETE says so itself',
  },
  'an UPDATE of the key': {
    tables: three('a#'),
    migration: 'UPDATE a# SET id = id + 10 WHERE id > 1;',
    lost: ['2 rows a#:1'],
    uncounted: 'as many rows come as go',
    unseenByLint: 'an UPDATE of the key says so itself',
  },
  'a table that references itself with ON DELETE CASCADE': {
    tables:
      'CREATE TABLE a# (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES a# (id) ON DELETE CASCADE); INSERT INTO a# VALUES (1, NULL), (2, 1), (3, 2);',
    migration: 'DELETE FROM a# WHERE parent IS NULL;',
    lost: ['3 rows a#:1'],
    unseenByLint: 'a DELETE says so itself',
  },
  'a rebuild as Drizzle writes it, of a table that nobody references, loses nothing': {
    tables: three('a#'),
    migration: `PRAGMA foreign_keys=OFF;\n${rebuilt('a#')}\nPRAGMA foreign_keys=ON;`,
    lost: [],
  },
  'a rebuild with ORDER BY loses nothing': {
    tables: three('a#'),
    migration: rebuilt('a#', 'ORDER BY name'),
    lost: [],
  },
  'a copy in two parts loses nothing': {
    tables: three('a#'),
    migration: `CREATE TABLE n# ${THREE};\nINSERT INTO n# (id, name) SELECT id, name FROM a# WHERE id < 2;\nINSERT INTO n# (id, name) SELECT id, name FROM a# WHERE id >= 2;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;`,
    lost: [],
  },
  'a rebuild together with its children loses nothing': {
    tables: `${three('a#')} CREATE TABLE b# (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES a# (id) ON DELETE CASCADE); CREATE INDEX i# ON b# (parent); INSERT INTO b# VALUES (1, 1), (2, 2);`,
    migration: `CREATE TABLE n# (id INTEGER PRIMARY KEY, name TEXT, more TEXT);\nINSERT INTO n# (id, name) SELECT id, name FROM a#;\nCREATE TABLE m# (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES n# (id) ON DELETE CASCADE);\nINSERT INTO m# (id, parent) SELECT id, parent FROM b#;\nDROP TABLE b#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;\nALTER TABLE m# RENAME TO b#;\nCREATE INDEX i# ON b# (parent);`,
    lost: [],
  },
  'a rebuild that keeps all rows of the child loses nothing': {
    tables: `${three('a#')} ${child('b#', 'a#', 'ON DELETE CASCADE')}`,
    migration: `CREATE TABLE k# AS SELECT * FROM b#;\n${rebuilt('a#')}\nINSERT INTO b# (id, parent) SELECT id, parent FROM k#;\nDROP TABLE k#;`,
    lost: [],
  },
  'a rebuild of a parent without an action loses nothing': {
    tables: `${three('a#')} ${child('b#', 'a#', '')}`,
    migration: `PRAGMA defer_foreign_keys = ON;\n${rebuilt('a#')}\nPRAGMA defer_foreign_keys = OFF;`,
    lost: [],
  },
  'a rebuild with a new column loses nothing': {
    tables: three('a#'),
    migration:
      "CREATE TABLE n# (id INTEGER PRIMARY KEY, name TEXT, more TEXT NOT NULL DEFAULT '');\nINSERT INTO n# (id, name) SELECT id, name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;",
    lost: [],
  },
  'a rebuild of a table without a key loses nothing': {
    tables: "CREATE TABLE a# (name TEXT); INSERT INTO a# VALUES ('x'), ('x'), ('y');",
    migration:
      'CREATE TABLE n# (name TEXT, more TEXT);\nINSERT INTO n# (name) SELECT name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
  },
  'a rebuild as WITHOUT ROWID loses nothing': {
    tables:
      "CREATE TABLE a# (code TEXT PRIMARY KEY NOT NULL, name TEXT); INSERT INTO a# VALUES ('x', 'one'), ('y', 'two');",
    migration:
      'CREATE TABLE n# (code TEXT PRIMARY KEY NOT NULL, name TEXT) WITHOUT ROWID;\nINSERT INTO n# (code, name) SELECT code, name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
  },
  'a rebuild as STRICT loses nothing': {
    tables: three('a#'),
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, name TEXT) STRICT;\nINSERT INTO n# (id, name) SELECT id, name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
  },
  'a rebuild with a generated column loses nothing': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY, name TEXT, big TEXT GENERATED ALWAYS AS (upper(name))); INSERT INTO a# (id, name) VALUES (1, 'one');",
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, name TEXT, big TEXT GENERATED ALWAYS AS (upper(name)) STORED);\nINSERT INTO n# (id, name) SELECT id, name FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
  },
  'numbers that are copied into a TEXT column lose nothing': {
    tables: 'CREATE TABLE a# (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO a# VALUES (1, 7), (2, NULL);',
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, n TEXT);\nINSERT INTO n# (id, n) SELECT id, n FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
  },
  'small numbers that are copied into a REAL column lose nothing': {
    tables: 'CREATE TABLE a# (id INTEGER PRIMARY KEY, n INTEGER); INSERT INTO a# VALUES (1, 7), (2, -3);',
    migration:
      'CREATE TABLE n# (id INTEGER PRIMARY KEY, n REAL);\nINSERT INTO n# (id, n) SELECT id, n FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
  },
  'ADD COLUMN loses nothing': {
    tables: three('a#'),
    migration: 'ALTER TABLE a# ADD COLUMN more TEXT;',
    lost: [],
  },
  'ADD COLUMN with a default loses nothing': {
    tables: three('a#'),
    migration: "ALTER TABLE a# ADD COLUMN more TEXT NOT NULL DEFAULT 'x';",
    lost: [],
  },
  'RENAME COLUMN loses nothing': {
    tables: three('a#'),
    migration: 'ALTER TABLE a# RENAME COLUMN name TO title;',
    lost: [],
  },
  'RENAME TABLE loses nothing': { tables: three('a#'), migration: 'ALTER TABLE a# RENAME TO z#;', lost: [] },
  'a new table under the name of one that was renamed loses nothing': {
    tables: three('a#'),
    migration: `ALTER TABLE a# RENAME TO z#;\nCREATE TABLE a# ${THREE};`,
    lost: [],
  },
  'CREATE INDEX loses nothing': { tables: three('a#'), migration: 'CREATE INDEX i# ON a# (name);', lost: [] },
  'CREATE VIEW loses nothing': {
    tables: three('a#'),
    migration: 'CREATE VIEW v# AS SELECT id, name FROM a#;',
    lost: [],
  },
  'CREATE TRIGGER loses nothing': {
    tables: `${three('a#')} ${three('b#')}`,
    migration: 'CREATE TRIGGER t# AFTER DELETE ON a# BEGIN\n  DELETE FROM b# WHERE id = OLD.id;\nEND;',
    lost: [],
  },
  'INSERT loses nothing': {
    tables: three('a#'),
    migration: "INSERT INTO a# (id, name) VALUES (7, 'x');",
    lost: [],
  },
  'INSERT OR IGNORE loses nothing': {
    tables: three('a#'),
    migration: "INSERT OR IGNORE INTO a# (id, name) VALUES (1, 'x');",
    lost: [],
  },
  'an upsert with DO NOTHING loses nothing': {
    tables: three('a#'),
    migration: "INSERT INTO a# (id, name) VALUES (1, 'x') ON CONFLICT (id) DO NOTHING;",
    lost: [],
  },
  'an upsert with DO UPDATE changes what it says': {
    tables: three('a#'),
    migration:
      "INSERT INTO a# (id, name) VALUES (1, 'x') ON CONFLICT (id) DO UPDATE SET name = excluded.name;",
    lost: [],
  },
  'UPDATE with a condition changes what it says': {
    tables: three('a#'),
    migration: "UPDATE a# SET name = 'x' WHERE id = 2;",
    lost: [],
  },
  'UPDATE of what is NULL loses nothing': {
    tables: `${three('a#')} ALTER TABLE a# ADD COLUMN more TEXT;`,
    migration: "UPDATE a# SET more = 'x' WHERE more IS NULL;",
    lost: [],
  },
  'UPDATE OR IGNORE changes what it says': {
    tables: three('a#'),
    migration: "UPDATE OR IGNORE a# SET name = 'x' WHERE id = 2;",
    lost: [],
  },
  'UPDATE FROM another table changes what it says': {
    tables: `${three('a#')} ${three('b#')}`,
    migration: "UPDATE a# SET name = b#.name FROM b# WHERE b#.id = a#.id AND a#.name <> '';",
    lost: [],
  },
  'values that move into a table of their own are not lost': {
    tables: three('a#'),
    migration:
      'CREATE TABLE b# (id INTEGER PRIMARY KEY, name TEXT);\nINSERT INTO b# (id, name) SELECT id, name FROM a#;',
    lost: [],
  },
  'a trigger that writes into a log loses nothing': {
    tables: `${three('a#')} CREATE TABLE b# (id INTEGER PRIMARY KEY, what TEXT); CREATE TRIGGER t# AFTER UPDATE ON a# BEGIN INSERT INTO b# (what) VALUES (NEW.name); END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id = 1;",
    lost: [],
  },
  'a search index that triggers keep up to date loses nothing': {
    tables: `${three('a#')} CREATE VIRTUAL TABLE f# USING fts5 (name, content = 'a#', content_rowid = 'id'); INSERT INTO f# (f#) VALUES ('rebuild'); CREATE TRIGGER t# AFTER UPDATE ON a# BEGIN INSERT INTO f# (f#, rowid, name) VALUES ('delete', OLD.id, OLD.name); INSERT INTO f# (rowid, name) VALUES (NEW.id, NEW.name); END;`,
    migration: "UPDATE a# SET name = 'x' WHERE id = 1;",
    lost: [],
  },
  'DROP INDEX loses nothing': {
    tables: `${three('a#')} CREATE INDEX i# ON a# (name);`,
    migration: 'DROP INDEX i#;',
    lost: [],
  },
  'a DELETE that is announced is no loss': {
    tables: three('a#'),
    migration: '-- d1-migrate: expect-rows-lost a#: it was a test\nDELETE FROM a# WHERE id = 3;',
    lost: ['1 rows a#:2 (it was a test)'],
  },
  'a DELETE that finds no row loses nothing': {
    tables: three('a#'),
    migration: 'DELETE FROM a# WHERE id > 900000;',
    lost: [],
  },
  'AUTOINCREMENT is kept by a rebuild': {
    tables:
      "CREATE TABLE a# (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT); INSERT INTO a# (name) VALUES ('one'), ('two');",
    migration:
      "CREATE TABLE n# (id INTEGER PRIMARY KEY AUTOINCREMENT, name TEXT);\nINSERT INTO n# (id, name) SELECT id, name FROM a#;\nUPDATE sqlite_sequence SET seq = (SELECT seq FROM sqlite_sequence WHERE name = 'a#') WHERE name = 'n#';\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;",
    lost: [],
  },
  'a query loses nothing': { tables: three('a#'), migration: 'SELECT count(*) FROM a#;', lost: [] },
  'digits that are copied into an INTEGER column, in a table without a key, lose nothing': {
    tables: "CREATE TABLE a# (n TEXT); INSERT INTO a# (rowid, n) VALUES (5, '1'), (7, '2');",
    migration:
      'CREATE TABLE n# (n INTEGER);\nINSERT INTO n# SELECT n FROM a#;\nDROP TABLE a#;\nALTER TABLE n# RENAME TO a#;',
    lost: [],
    stoppedByLint: 'other texts would be changed',
  },
  'a row that loses the value of a column that is renamed beside it': {
    tables: three('a#'),
    migration: 'ALTER TABLE a# RENAME COLUMN name TO title;\nREPLACE INTO a# (id) VALUES (2);',
    lost: ['1 values a#.name:2'],
    uncounted: 'no row is gone, and other values are as many',
  },
};
