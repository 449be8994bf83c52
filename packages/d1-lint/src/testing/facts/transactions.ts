import { accepted, refused, type Fact } from './fact.ts';

/** A parent that is rebuilt, in the two orders, and what the children's key may say. */
const RENAMED = [
  'CREATE TABLE p2(id INTEGER PRIMARY KEY, x TEXT, y)',
  'INSERT INTO p2(id,x) SELECT id,x FROM p',
  'DROP TABLE p',
  'ALTER TABLE p2 RENAME TO p',
];
const IN_PLACE = [
  'CREATE TABLE keep AS SELECT * FROM p',
  'DROP TABLE p',
  'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
  'INSERT INTO p SELECT * FROM keep',
  'DROP TABLE keep',
];
const ON = 'PRAGMA defer_foreign_keys=ON';
const OFF = 'PRAGMA defer_foreign_keys=OFF';
const withKey = (key: string): readonly string[] => [
  'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
  `CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ${key}, v TEXT)`,
  "INSERT INTO p VALUES (1,'a'),(2,'b')",
  "INSERT INTO c VALUES (1,1,'v1')",
];
const RESTRICT = withKey('ON DELETE RESTRICT');
const DEFERRED = withKey('DEFERRABLE INITIALLY DEFERRED');
const BOTH = withKey('ON DELETE RESTRICT DEFERRABLE INITIALLY DEFERRED');

/** Files of several statements: foreign keys that are put off, and rebuilds of tables. */
export const transactions: readonly Fact[] = [
  ...accepted(),
  ...refused('BEGIN; SELECT 1; COMMIT'),
  { sql: ['PRAGMA defer_foreign_keys=on', 'DELETE FROM p WHERE id=1', "INSERT INTO p VALUES(1,'new')"] },
  { sql: ['PRAGMA defer_foreign_keys=on', 'DELETE FROM p WHERE id=1'], refused: true, dependsOnRows: true },
  { sql: ['DELETE FROM p WHERE id=1', "INSERT INTO p VALUES(1,'new')"], refused: true, dependsOnRows: true },
  { sql: ['PRAGMA foreign_keys=off', 'DELETE FROM p WHERE id=1'], refused: true, dependsOnRows: true },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'DROP TABLE p',
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      "INSERT INTO p VALUES(1,'a')",
    ],
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p2(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p2(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p2 RENAME TO p',
    ],
    refused: true,
  },
  {
    sql: [
      'CREATE TABLE p2(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p2(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p2 RENAME TO p',
    ],
    refused: true,
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'ALTER TABLE p RENAME TO p_old',
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p(id,x) SELECT id,x FROM p_old',
      'DROP TABLE p_old',
    ],
    refused: true,
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE c9(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES later(id))',
      'INSERT INTO c9 VALUES(1,1)',
      'CREATE TABLE later(id INTEGER PRIMARY KEY)',
      'INSERT INTO later VALUES(1)',
    ],
    refused: true,
  },
  {
    sql: [
      'CREATE TABLE c2(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE CASCADE)',
      'INSERT INTO c2 VALUES(1,2),(2,2)',
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p2(id INTEGER PRIMARY KEY, x TEXT)',
      'INSERT INTO p2 SELECT * FROM p',
      'DROP TABLE p',
      'ALTER TABLE p2 RENAME TO p',
      'SELECT count(*) n FROM c2',
    ],
    refused: true,
  },
  { sql: ['CREATE TABLE z(x)', 'INSERT INTO nosuch VALUES(1)'], refused: true },
  { sql: ['SAVEPOINT a', 'SELECT 1', 'RELEASE a'], refused: true },
  {
    sql: [
      'PRAGMA recursive_triggers=1',
      'CREATE TABLE a(x)',
      'CREATE TRIGGER r AFTER INSERT ON a WHEN new.x>0 BEGIN INSERT INTO a VALUES(new.x-1); END',
      'INSERT INTO a VALUES(3)',
      'SELECT count(*) n FROM a',
    ],
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    refused: true,
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    dependsOnRows: true,
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id), v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
    ],
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE CASCADE, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE SET NULL, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: [
      'PRAGMA foreign_keys=OFF',
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
      'PRAGMA foreign_keys=ON',
    ],
    refused: true,
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_copy AS SELECT * FROM p',
      'DROP TABLE p',
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p(id,x) SELECT id,x FROM p_copy',
      'DROP TABLE p_copy',
    ],
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_copy AS SELECT * FROM p',
      'DROP TABLE p',
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p(id,x) SELECT id,x FROM p_copy',
      'DROP TABLE p_copy',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE CASCADE, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_copy AS SELECT * FROM p',
      'DROP TABLE p',
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p(id,x) SELECT id,x FROM p_copy',
      'DROP TABLE p_copy',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE SET NULL, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: [
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE CASCADE, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: [
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE SET NULL, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: 'DROP TABLE p',
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) ON DELETE CASCADE, v TEXT)',
      "INSERT INTO p VALUES (1,'a'),(2,'b')",
      "INSERT INTO c VALUES (1,1,'v1'),(2,1,'v2')",
    ],
  },
  {
    sql: [
      'CREATE TABLE c_new(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id), v TEXT, w)',
      'INSERT INTO c_new(id,pid,v) SELECT id,pid,v FROM c',
      'DROP TABLE c',
      'ALTER TABLE c_new RENAME TO c',
    ],
  },
  { sql: ['PRAGMA legacy_alter_table=on', 'ALTER TABLE p RENAME TO q'] },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      'CREATE TABLE p_new(id INTEGER PRIMARY KEY, x TEXT, y)',
      'INSERT INTO p_new(id,x) SELECT id,x FROM p',
      'DROP TABLE p',
      'ALTER TABLE p_new RENAME TO p',
    ],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT REFERENCES p(id))',
      'CREATE TABLE c(id,pid)',
      'INSERT INTO p VALUES (1,NULL),(2,1)',
    ],
  },
  { sql: ["INSERT INTO p VALUES(10,'m')", "INSERT INTO p VALUES(11,'m')"] },
  { sql: ["INSERT INTO p VALUES(10,'m')", 'INSERT INTO nosuch VALUES(1)'], refused: true },
  {
    sql: [
      'PRAGMA defer_foreign_keys=on',
      "INSERT INTO c VALUES(5,77,'z')",
      "INSERT INTO p VALUES(77,'late')",
    ],
  },
  {
    sql: ["INSERT INTO c VALUES(5,77,'z')", "INSERT INTO p VALUES(77,'late')"],
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED, v)',
    ],
  },
  {
    sql: "INSERT INTO c VALUES(5,77,'z')",
    refused: true,
    dependsOnRows: true,
    setUp: [
      'CREATE TABLE p(id INTEGER PRIMARY KEY, x TEXT)',
      'CREATE TABLE c(id INTEGER PRIMARY KEY, pid INTEGER REFERENCES p(id) DEFERRABLE INITIALLY DEFERRED, v)',
    ],
  },
  { sql: ['CREATE TRIGGER tr AFTER INSERT ON p BEGIN SELECT 1; END', 'DROP TRIGGER tr'] },
  { sql: ['ALTER TABLE p ADD COLUMN z', 'UPDATE p SET z=1', 'SELECT z FROM p'] },
  { sql: ['PRAGMA table_info(p)', 'PRAGMA foreign_key_check'] },
  // Switched off, it forgets what was to be checked.
  { sql: [ON, ...RENAMED, OFF] },
  { sql: [ON, ...RENAMED.slice(0, 3), OFF, ...RENAMED.slice(3)] },
  { sql: [ON, OFF, ...RENAMED], refused: true },
  { sql: [ON, OFF, ON, ...RENAMED], refused: true },
  { sql: [...RENAMED, ON, OFF], refused: true },
  { sql: [ON, ...RENAMED, OFF, ON] },
  { sql: [ON, 'DROP TABLE p', 'DROP TABLE c'] },
  // RESTRICT is put off as well.
  { sql: [ON, ...RENAMED, OFF], setUp: RESTRICT },
  { sql: [ON, ...RENAMED], refused: true, setUp: RESTRICT },
  { sql: [ON, ...IN_PLACE], setUp: RESTRICT },
  { sql: IN_PLACE, refused: true, setUp: RESTRICT },
  // A key may put itself off; RESTRICT then needs the PRAGMA all the same.
  { sql: IN_PLACE, setUp: DEFERRED },
  { sql: RENAMED, refused: true, setUp: DEFERRED },
  { sql: [ON, ...RENAMED, OFF], setUp: DEFERRED },
  { sql: IN_PLACE, refused: true, setUp: BOTH },
  { sql: [ON, ...IN_PLACE], setUp: BOTH },
];
