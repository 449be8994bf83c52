import { join } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { targetIn } from '../testing/index.ts';
import { describeRehearsal, rehearse, rehearseDocument, type RehearseResult } from './index.ts';

/** Of each form its own tables and its own file, so that one rehearsal shows them all. */
interface Form {
  /** With rows. */
  readonly tables: string;
  readonly migration: string;
  /** What is lost: `<count> <what> <table>[.<column>]`, with the line. */
  readonly lost: readonly string[];
}

const THREE = '(id INTEGER PRIMARY KEY, name TEXT)';
const three = (table: string, more = '') =>
  `CREATE TABLE ${table} ${THREE}; INSERT INTO ${table} VALUES (1, 'one'), (2, 'two'), (3, 'three');${more}`;
const child = (table: string, parent: string, action: string) =>
  `CREATE TABLE ${table} (id INTEGER PRIMARY KEY, parent INTEGER DEFAULT 3 REFERENCES ${parent} (id) ${action}); INSERT INTO ${table} VALUES (1, 1), (2, 2);`;

const ALL_FORMS: Readonly<Record<string, Form>> = {
  'an UPDATE whose trigger deletes from another table': {
    tables: `${three('a1')} ${three('b1')} CREATE TRIGGER t1 AFTER UPDATE ON a1 BEGIN DELETE FROM b1 WHERE id = NEW.id; END;`,
    migration: "UPDATE a1 SET name = 'x' WHERE id < 3;",
    lost: ['2 rows b1:1'],
  },
  'an INSERT into a table with ON CONFLICT REPLACE': {
    tables:
      "CREATE TABLE a2 (id INTEGER PRIMARY KEY, name TEXT UNIQUE ON CONFLICT REPLACE); INSERT INTO a2 VALUES (1, 'one'), (2, 'two');",
    migration: "INSERT INTO a2 VALUES (7, 'one');",
    lost: ['1 rows a2:1'],
  },
  'a DELETE that is filled up with as many other rows': {
    tables: three('a3'),
    migration: "DELETE FROM a3;\nINSERT INTO a3 VALUES (1, 'uno'), (2, 'two'), (9, 'nine');",
    lost: ['1 rows a3:1', '1 values a3.name:1'],
  },
  'a table that takes the name of another': {
    tables: `${three('small4')} ${three('big4', "INSERT INTO big4 VALUES (4, 'four');")}`,
    migration: 'DROP TABLE small4;\nALTER TABLE big4 RENAME TO small4;',
    lost: ['3 rows small4:1'],
  },
  'a table that is made again with other rows in the same number': {
    tables: three('a5'),
    migration: `DROP TABLE a5;\nCREATE TABLE a5 ${THREE};\nINSERT INTO a5 VALUES (1, 'x'), (2, 'y'), (3, 'z');`,
    lost: ['3 values a5.name:1'],
  },
  'ON DELETE SET NULL': {
    tables: `${three('a6')} ${child('b6', 'a6', 'ON DELETE SET NULL')}`,
    migration: '-- d1-migrate: expect-rows-lost a6: it was a test\nDELETE FROM a6 WHERE id = 1;',
    lost: ['1 rows a6:2 (it was a test)', '1 values b6.parent:2'],
  },
  'ON DELETE SET DEFAULT': {
    tables: `${three('a7')} ${child('b7', 'a7', 'ON DELETE SET DEFAULT')}`,
    migration: '-- d1-migrate: expect-rows-lost a7: it was a test\nDELETE FROM a7 WHERE id = 1;',
    lost: ['1 rows a7:2 (it was a test)', '1 values b7.parent:2'],
  },
  'ON UPDATE SET NULL': {
    tables: `${three('a8')} ${child('b8', 'a8', 'ON UPDATE SET NULL')}`,
    migration:
      'UPDATE a8 SET name = upper(name);\n-- d1-migrate: expect-rows-lost a8: numbered anew\nUPDATE a8 SET id = id + 10;',
    lost: ['3 rows a8:3 (numbered anew)', '2 values b8.parent:3'],
  },
  'a rebuild that copies rows twice by a JOIN': {
    tables: `${three('a9')} ${child('b9', 'a9', '')} INSERT INTO b9 VALUES (3, 1);`,
    migration: `CREATE TABLE n9 (id INTEGER, name TEXT);\nINSERT INTO n9 SELECT a9.id, name FROM a9 LEFT JOIN b9 ON parent = a9.id;\nUPDATE b9 SET parent = NULL;\nDROP TABLE a9;\nALTER TABLE n9 RENAME TO a9;`,
    lost: ['1 twice a9:4'],
  },
  'a rebuild that copies rows twice by a UNION ALL': {
    tables: three('a10'),
    migration: `CREATE TABLE n10 ${THREE};\nINSERT INTO n10 SELECT id, name FROM a10 UNION ALL SELECT id + 100, name FROM a10;\nDROP TABLE a10;\nALTER TABLE n10 RENAME TO a10;`,
    lost: ['3 twice a10:3'],
  },
  'a view with an INSTEAD OF trigger': {
    tables: `${three('a11')} CREATE VIEW v11 AS SELECT * FROM a11; CREATE TRIGGER t11 INSTEAD OF DELETE ON v11 BEGIN DELETE FROM a11 WHERE id = OLD.id; END;`,
    migration: 'DELETE FROM v11 WHERE id = 2;',
    lost: ['1 rows a11:1'],
  },
  'a trigger that is made in the same file': {
    tables: `${three('a12')} ${three('b12')}`,
    migration:
      'CREATE TRIGGER t12 AFTER INSERT ON a12 BEGIN DELETE FROM b12; END;\nINSERT INTO a12 VALUES (4, 4);\nDROP TRIGGER t12;',
    lost: ['3 rows b12:2'],
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
  },
  'the one with the announcement': {
    tables: '',
    migration: '-- d1-migrate: expect-rows-lost a13: too late\nSELECT 1;',
    lost: [],
  },
  'a rebuild that does not copy a column': {
    tables: three('a16'),
    migration: `CREATE TABLE n16 ${THREE};\nINSERT INTO n16 (id) SELECT id FROM a16 ORDER BY name;\nDROP TABLE a16;\nALTER TABLE n16 RENAME TO a16;`,
    lost: ['3 values a16.name:3'],
  },
  'a rebuild with fewer rows, more of which are added': {
    tables: three('a17'),
    migration: `CREATE TABLE n17 ${THREE};\nINSERT INTO n17 SELECT * FROM a17 LIMIT 2;\nINSERT INTO n17 VALUES (8, 'x'), (9, 'y');\nDROP TABLE a17;\nALTER TABLE n17 RENAME TO a17;`,
    lost: ['1 rows a17:4'],
  },
  'values that an UPDATE, an upsert or the SELECT of a rebuild computes are no loss': {
    tables: `${three('a18')} ${three('b18')} CREATE TRIGGER t18 AFTER UPDATE OF id ON b18 BEGIN SELECT 1; END; CREATE TABLE c18 (n TEXT); INSERT INTO c18 (rowid, n) VALUES (5, '1'), (7, '2');`,
    migration: `UPDATE b18 SET name = 'x';\nINSERT INTO b18 VALUES (1, 'a') ON CONFLICT (id) DO UPDATE SET name = 'b';\nCREATE TABLE n18 ${THREE};\nINSERT INTO n18 (id, name) SELECT id, upper(name) FROM a18;\nDROP TABLE a18;\nALTER TABLE n18 RENAME TO a18;\nCREATE TABLE m18 (n INTEGER);\nINSERT INTO m18 SELECT n FROM c18;\nDROP TABLE c18;\nALTER TABLE m18 RENAME TO c18;`,
    lost: [],
  },
  'values that are announced are no loss': {
    tables: three('a19'),
    migration: `-- d1-migrate: expect-values-changed a19.name: new names\nDELETE FROM a19 WHERE id = 1;\nINSERT INTO a19 VALUES (1, 'uno');`,
    lost: ['1 values a19.name:2 (new names)'],
  },
  'columns that change places in a copy': {
    tables:
      "CREATE TABLE a20 (id INTEGER PRIMARY KEY, x TEXT, y TEXT); INSERT INTO a20 VALUES (1, 'x', 'y');",
    migration: `CREATE TABLE n20 (id INTEGER PRIMARY KEY, x TEXT, y TEXT);\nINSERT INTO n20 SELECT id, y, x FROM a20;\nDROP TABLE a20;\nALTER TABLE n20 RENAME TO a20;`,
    lost: ['1 values a20.x:3', '1 values a20.y:3'],
  },
  'a column that is swapped beside one that is computed, where the INSERT names none': {
    tables:
      "CREATE TABLE a21 (id INTEGER PRIMARY KEY, n TEXT, x TEXT, y TEXT); INSERT INTO a21 VALUES (1, 'n', 'x', 'y');",
    migration: `CREATE TABLE n21 (id INTEGER PRIMARY KEY, n TEXT, x TEXT, y TEXT);\nINSERT INTO n21 SELECT id, upper(n), y, y FROM a21;\nDROP TABLE a21;\nALTER TABLE n21 RENAME TO a21;`,
    lost: ['1 values a21.x:3'],
  },
  'a text of digits that is copied into an INTEGER column': {
    tables:
      "CREATE TABLE a22 (id INTEGER PRIMARY KEY, code TEXT); INSERT INTO a22 VALUES (1, '007'), (2, '8');",
    migration: `CREATE TABLE n22 (id INTEGER PRIMARY KEY, code INTEGER);\nINSERT INTO n22 SELECT * FROM a22;\nDROP TABLE a22;\nALTER TABLE n22 RENAME TO a22;`,
    lost: ['1 values a22.code:3'],
  },
  'a rebuild that leaves a column out': {
    tables: three('a23'),
    migration: `CREATE TABLE n23 (id INTEGER PRIMARY KEY);\nINSERT INTO n23 SELECT id FROM a23 ORDER BY name;\nDROP TABLE a23;\nALTER TABLE n23 RENAME TO a23;`,
    lost: ['3 values a23.name:3'],
  },
  'a column that its statement drops is intended': {
    tables: three('a24'),
    migration: 'ALTER TABLE a24 DROP COLUMN name;',
    lost: [],
  },
  'a trigger of its own that empties another column': {
    tables: `${three('a25')} ALTER TABLE a25 ADD COLUMN more TEXT DEFAULT 'x'; CREATE TRIGGER t25 AFTER UPDATE OF name ON a25 BEGIN UPDATE a25 SET more = NULL WHERE id = NEW.id; END;`,
    migration: "UPDATE a25 SET name = 'x' WHERE id = 1;",
    lost: ['1 values a25.more:1'],
  },
  'a trigger of its own that keeps a time up to date': {
    tables: `${three('a26')} ALTER TABLE a26 ADD COLUMN at TEXT DEFAULT 'then'; CREATE TRIGGER t26 AFTER UPDATE OF name ON a26 BEGIN UPDATE a26 SET at = 'now' WHERE id = NEW.id; END;`,
    migration: "UPDATE a26 SET name = 'x' WHERE id = 1;",
    lost: [],
  },
  'a trigger that overwrites another table': {
    tables: `${three('a27')} ${three('b27')} CREATE TRIGGER t27 AFTER UPDATE ON a27 BEGIN UPDATE b27 SET name = 'gone' WHERE id = NEW.id; END;`,
    migration: "UPDATE a27 SET name = 'x' WHERE id = 1;",
    lost: ['1 values b27.name:1'],
  },
  'keys that follow their parent by ON UPDATE CASCADE': {
    tables: `${three('a28')} ${child('b28', 'a28', 'ON UPDATE CASCADE')}`,
    migration: '-- d1-migrate: expect-rows-lost a28: numbered anew\nUPDATE a28 SET id = id + 10;',
    lost: ['3 rows a28:2 (numbered anew)'],
  },
  'a search index without a text of its own that is made again': {
    tables:
      "CREATE VIRTUAL TABLE a29 USING fts5 (t, content = ''); INSERT INTO a29 (rowid, t) VALUES (1, 'one'), (2, 'two');",
    migration: "DROP TABLE a29;\nCREATE VIRTUAL TABLE a29 USING fts5 (t, content = '');",
    lost: ['2 rows a29:1'],
  },
  'an R*Tree that is made again with fewer rows': {
    tables: 'CREATE VIRTUAL TABLE a30 USING rtree (id, x0, x1); INSERT INTO a30 VALUES (1, 0, 1), (2, 0, 1);',
    migration:
      'CREATE TABLE k30 AS SELECT * FROM a30 LIMIT 1;\nDROP TABLE a30;\nCREATE VIRTUAL TABLE a30 USING rtree (id, x0, x1);\nINSERT INTO a30 SELECT * FROM k30;\nDROP TABLE k30;',
    lost: ['1 rows a30:2'],
  },
  'tables that change names in a circle lose nothing': {
    tables: `${three('a31')} CREATE TABLE b31 (id INTEGER PRIMARY KEY, v); INSERT INTO b31 VALUES (1, 1);`,
    migration:
      'ALTER TABLE a31 RENAME TO x31;\nALTER TABLE b31 RENAME TO a31;\nALTER TABLE x31 RENAME TO b31;',
    lost: [],
  },
  'a table that becomes a view': {
    tables: three('a32'),
    migration:
      'CREATE TABLE k32 AS SELECT * FROM a32;\nDROP TABLE a32;\nCREATE VIEW a32 AS SELECT * FROM k32;',
    lost: ['3 rows a32:2'],
  },
};

/** Its engine has no R*Tree. */
const isOldest = process.env['D1_WRANGLER'] === 'wrangler-min';

const FORMS = Object.fromEntries(
  Object.entries(ALL_FORMS).filter(([form]) => !isOldest || !form.includes('R*Tree')),
);

describe('a rehearsal compares all rows, and finds', () => {
  let result: RehearseResult;
  beforeAll(async () => {
    const forms = Object.values(FORMS);
    const workspace = testWorkspace({
      migrations: Object.fromEntries(
        forms.map(({ migration }, index) => [
          `${String(index + 1).padStart(4, '0')}_form.sql`,
          `${migration}\n`,
        ]),
      ),
    });
    workspace.write({ 'dump.sql': forms.map(({ tables }) => tables).join('\n') });
    result = await rehearse({
      target: targetIn(workspace),
      source: { kind: 'file', file: join(workspace.root, 'dump.sql') },
    });
  });

  it.each(Object.entries(FORMS).map(([form, { lost }], index) => ({ form, lost, index })))(
    '$form',
    ({ lost, index }) => {
      const { losses = [], error } = result.migrations[index] ?? {};
      expect(error).toBeUndefined();
      const found = losses.map(
        ({ count, what, table, column, line, reason }) =>
          `${count} ${what} ${table}${column === undefined ? '' : `.${column}`}${line === undefined ? '' : `:${line}`}${reason === undefined ? '' : ` (${reason})`}`,
      );
      expect(found).toEqual(lost);
    },
  );

  it('and stops with what has to be announced, and where', () => {
    expect(result.outcome).toBe('lost-rows');
    const text = terminalText(describeRehearsal(result));
    expect(text).toMatch(/✖ b1 +3 → 1 +2 rows lost +not announced/);
    expect(text).toMatch(/✖ a5 +3 → 3 +3 values of name lost +not announced/);
    expect(text).toMatch(/! a19 +3 → 3 +1 value of name lost +announced: new names/);
    expect(text).toContain('0016_form.sql:3: DROP TABLE a16 (a16)');
    expect(text).toContain('  -- d1-migrate: expect-values-changed a5.name: <reason>');
    expect(result.unaddressed).toEqual(['a11', 'b1', 'b12', 'b27', 'b28', 'b6', 'b7', 'b8']);
  });

  it('and shows a few of them on the terminal, and none in what is written down', () => {
    const text = terminalText(describeRehearsal(result));
    expect(text).toMatch(/b1 +id = 1 +gone/);
    expect(text).toMatch(/a22\.code +id = 1 +'007' → 7/);
    expect(JSON.stringify(rehearseDocument(result))).not.toMatch(/'007'|examples/);
  });

  it('and counts what the statements say themselves', () => {
    expect(result.migrations.flatMap(({ intended }) => intended)).toContainEqual({
      table: 'a24',
      column: 'name',
      count: 3,
    });
    expect(terminalText(describeRehearsal(result))).toMatch(/a24\.name +3 values/);
  });
});
