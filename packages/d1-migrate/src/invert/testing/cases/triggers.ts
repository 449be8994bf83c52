import type { ReversibilityCase } from './case.ts';

const T = `CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, changed TEXT);
  CREATE TABLE log (id INTEGER PRIMARY KEY, t INTEGER, what TEXT);`;
const TOUCH = `CREATE TRIGGER t_touch AFTER UPDATE OF a ON t FOR EACH ROW WHEN old.a IS NOT new.a
  BEGIN UPDATE t SET changed = CASE WHEN new.a IS NULL THEN 'gone' ELSE 'set' END WHERE id = new.id; END;`;

export const triggerCases: readonly ReversibilityCase[] = [
  { name: 'a new trigger with a CASE in it', before: T, up: TOUCH, class: 'exact' },
  { name: 'a dropped trigger', before: `${T} ${TOUCH}`, up: 'DROP TRIGGER t_touch;', class: 'exact' },
  {
    name: 'a trigger with several statements',
    before: T,
    up: "CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (t, what) VALUES (new.id, 'a;b'); UPDATE log SET what = 'c' WHERE t = new.id; END;",
    class: 'exact',
  },
  {
    name: 'a BEFORE trigger that raises',
    before: T,
    up: "CREATE TRIGGER t_guard BEFORE DELETE ON t BEGIN SELECT RAISE(ABORT, 'kept') WHERE old.a = 'kept'; END;",
    class: 'exact',
  },
  {
    name: 'a dropped table that a trigger of another writes to',
    before: `${T} CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (t) VALUES (new.id); END;`,
    up: 'DROP TRIGGER t_log; DROP TABLE log;',
    class: 'schema-only',
    loses: ['log'],
  },
  {
    name: 'a renamed table that a trigger of another writes to',
    before: `${T} CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (t) VALUES (new.id); END;`,
    up: 'ALTER TABLE log RENAME TO journal;',
    class: 'exact',
  },
  {
    name: 'an added column below a trigger that writes to the table',
    before: `${T} ${TOUCH}`,
    up: 'ALTER TABLE t ADD COLUMN b TEXT;',
    class: 'exact',
  },
  {
    name: 'a rebuild that forgets a trigger',
    before: `${T} ${TOUCH}`,
    up: 'CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT NOT NULL, changed TEXT); INSERT INTO t_new SELECT * FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t;',
    class: 'exact',
  },
  {
    name: 'INSTEAD OF triggers of a view',
    before: T,
    up: 'CREATE VIEW v AS SELECT id, a FROM t; CREATE TRIGGER v_ins INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END; CREATE TRIGGER v_del INSTEAD OF DELETE ON v BEGIN DELETE FROM t WHERE id = old.id; END;',
    class: 'exact',
  },
  {
    name: 'a dropped view with its triggers',
    before: `${T} CREATE VIEW v AS SELECT id, a FROM t; CREATE TRIGGER v_ins INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END;`,
    up: 'DROP VIEW v;',
    class: 'exact',
  },
  {
    name: 'a view of a view of a view',
    before: T,
    up: 'CREATE VIEW v1 AS SELECT * FROM t; CREATE VIEW v2 AS SELECT a FROM v1; CREATE VIEW v3 AS SELECT DISTINCT a FROM v2;',
    class: 'exact',
  },
  {
    name: 'dropped views of views',
    before: `${T} CREATE VIEW v1 AS SELECT id, a FROM t; CREATE VIEW v2 AS SELECT a FROM v1; CREATE VIEW v3 AS SELECT a FROM v2;`,
    up: 'DROP VIEW v3; DROP VIEW v2; DROP VIEW v1;',
    class: 'exact',
  },
  {
    name: 'a view that is rebuilt below another',
    before: `${T} CREATE VIEW v1 AS SELECT id, a FROM t; CREATE VIEW v2 AS SELECT a FROM v1;`,
    up: 'DROP VIEW v1; CREATE VIEW v1 AS SELECT id, upper(a) AS a FROM t;',
    class: 'exact',
  },
  {
    name: 'a table that takes the name of a view',
    before: `${T} CREATE VIEW v AS SELECT id FROM t;`,
    up: 'DROP VIEW v; CREATE TABLE v (id INTEGER PRIMARY KEY);',
    class: 'exact',
  },
  {
    name: 'a view that takes the name of a table',
    before: `${T}`,
    up: 'ALTER TABLE log RENAME TO log_all; CREATE VIEW log AS SELECT id, t FROM log_all;',
    class: 'exact',
  },
  {
    name: 'a view with WITH, window functions and a compound',
    before: T,
    up: 'CREATE VIEW w AS WITH x AS (SELECT id, a FROM t UNION SELECT id, what FROM log) SELECT id, row_number() OVER (PARTITION BY a ORDER BY id) AS n FROM x;',
    class: 'exact',
  },
  {
    name: 'rows of which a trigger keeps a log',
    before: `${T} CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (t) VALUES (new.id); END;`,
    up: "INSERT INTO t (id, a) VALUES (1, 'new');",
    class: 'schema-only',
    leaves: ['log'],
  },
  {
    name: 'rows whose way back a trigger logs',
    before: `${T} CREATE TRIGGER t_log AFTER DELETE ON t BEGIN INSERT INTO log (t) VALUES (old.id); END;`,
    up: "INSERT INTO t (id, a) VALUES (1, 'new');",
    class: 'schema-only',
    leaves: ['log'],
  },
  {
    name: 'rows for which a trigger changes others, none of which is there',
    before: `${T} CREATE TRIGGER t_log AFTER INSERT ON t BEGIN UPDATE log SET what = 'seen' WHERE t = new.id; END;`,
    up: "INSERT INTO t (id, a) VALUES (1, 'new');",
    class: 'irreversible',
  },
  {
    name: 'rows for which a trigger fires another that deletes',
    before: `${T} CREATE TABLE more (id INTEGER PRIMARY KEY);
      CREATE TRIGGER t_log AFTER INSERT ON t BEGIN INSERT INTO log (t) VALUES (new.id); END;
      CREATE TRIGGER log_more AFTER INSERT ON log BEGIN DELETE FROM more WHERE id = new.t; END;`,
    up: "INSERT INTO t (id, a) VALUES (1, 'new');",
    class: 'irreversible',
  },
  {
    name: 'rows that a trigger completes',
    before: `${T} CREATE TRIGGER t_set AFTER INSERT ON t BEGIN UPDATE t SET changed = 'now' WHERE id = new.id; END;`,
    up: "INSERT INTO t (id, a) VALUES (1, 'new');",
    class: 'exact',
  },
  {
    name: 'rows for which a trigger changes their neighbours',
    before: `${T} CREATE TRIGGER t_one AFTER INSERT ON t BEGIN UPDATE t SET changed = NULL WHERE a = new.a AND id <> new.id; END;`,
    up: "INSERT INTO t (id, a) VALUES (1, 'new');",
    class: 'irreversible',
  },
  {
    name: 'an UPDATE of a new column with a trigger that touches the row',
    before: `${T} CREATE TRIGGER t_set AFTER UPDATE ON t WHEN new.a = 'never' BEGIN UPDATE t SET changed = 'now' WHERE id = new.id; END;`,
    up: "ALTER TABLE t ADD COLUMN b TEXT; UPDATE t SET b = 'x';",
    class: 'irreversible',
  },
  {
    name: 'rows that go through a view',
    before: `${T} CREATE VIEW v AS SELECT id, a FROM t; CREATE TRIGGER v_ins INSTEAD OF INSERT ON v BEGIN INSERT INTO t (a) VALUES (new.a); END;`,
    up: "INSERT INTO v (a) SELECT 'x' WHERE 1 = 0;",
    class: 'irreversible',
  },
  {
    name: 'a rebuild whose copy fires a new trigger',
    before: T,
    up: `CREATE TABLE t_new (id INTEGER PRIMARY KEY, a TEXT, changed TEXT);
      CREATE TRIGGER t_new_log AFTER INSERT ON t_new BEGIN DELETE FROM log WHERE t = new.id; END;
      INSERT INTO t_new SELECT * FROM t; DROP TABLE t; ALTER TABLE t_new RENAME TO t;`,
    class: 'irreversible',
  },
];
