import type { ReversibilityCase } from './case.ts';

const SHOP = `CREATE TABLE customers (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, name TEXT);
  CREATE TABLE orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER NOT NULL REFERENCES customers (id) ON DELETE RESTRICT, total REAL DEFAULT 0);
  CREATE TABLE lines (orders INTEGER NOT NULL REFERENCES orders (id) ON DELETE CASCADE, n INTEGER NOT NULL, what TEXT, PRIMARY KEY (orders, n)) WITHOUT ROWID;
  CREATE INDEX orders_customer ON orders (customer);
  CREATE VIEW totals AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;`;

export const combinedCases: readonly ReversibilityCase[] = [
  {
    name: 'everything of a new feature',
    before: SHOP,
    up: `CREATE TABLE coupons (code TEXT PRIMARY KEY NOT NULL, percent INTEGER NOT NULL CHECK (percent IN (5, 10)));
      ALTER TABLE orders ADD COLUMN coupon TEXT REFERENCES coupons (code) ON DELETE SET NULL;
      CREATE INDEX orders_coupon ON orders (coupon);
      INSERT INTO coupons VALUES ('WELCOME', 5), ('SUMMER', 10);
      CREATE VIEW used AS SELECT coupon, count(*) AS n FROM orders GROUP BY coupon;`,
    class: 'exact',
  },
  {
    name: 'a renamed table, a renamed column and a new one in it',
    before: SHOP,
    up: 'ALTER TABLE customers RENAME TO people; ALTER TABLE people RENAME COLUMN mail TO email; ALTER TABLE people ADD COLUMN phone TEXT;',
    class: 'exact',
  },
  {
    name: 'a column that moves to another table',
    before: SHOP,
    up: `CREATE TABLE names (customer INTEGER PRIMARY KEY REFERENCES customers (id), name TEXT);
      INSERT INTO names (customer, name) SELECT id, name FROM customers; ALTER TABLE customers DROP COLUMN name;`,
    class: 'schema-only',
    loses: ['customers.name'],
  },
  {
    name: 'a table that is split',
    before: SHOP,
    up: `CREATE TABLE archive AS SELECT * FROM orders WHERE total > 10;
      CREATE TABLE archive_2 (id INTEGER PRIMARY KEY, total REAL); INSERT INTO archive_2 SELECT id, total FROM orders;`,
    class: 'exact',
  },
  {
    name: 'a column that is filled from another',
    before: SHOP,
    up: "ALTER TABLE customers ADD COLUMN domain TEXT; UPDATE customers SET domain = substr(mail, instr(mail, '@') + 1);",
    class: 'exact',
  },
  {
    name: 'a column that is rebuilt under its name',
    before: SHOP,
    up: 'ALTER TABLE customers DROP COLUMN name; ALTER TABLE customers ADD COLUMN name TEXT;',
    class: 'schema-only',
    loses: ['customers.name'],
  },
  {
    name: 'a closure rebuild of three tables',
    before: SHOP,
    up: `DROP VIEW totals;
      CREATE TABLE n_customers (id INTEGER PRIMARY KEY, mail TEXT NOT NULL UNIQUE, name TEXT DEFAULT '');
      CREATE TABLE n_orders (id INTEGER PRIMARY KEY AUTOINCREMENT, customer INTEGER NOT NULL REFERENCES n_customers (id) ON DELETE RESTRICT, total REAL DEFAULT 0);
      CREATE TABLE n_lines (orders INTEGER NOT NULL REFERENCES n_orders (id) ON DELETE CASCADE, n INTEGER NOT NULL, what TEXT, PRIMARY KEY (orders, n)) WITHOUT ROWID;
      INSERT INTO n_customers SELECT * FROM customers; INSERT INTO n_orders SELECT * FROM orders; INSERT INTO n_lines SELECT * FROM lines;
      DROP TABLE lines; DROP TABLE orders; DROP TABLE customers;
      ALTER TABLE n_customers RENAME TO customers; ALTER TABLE n_orders RENAME TO orders; ALTER TABLE n_lines RENAME TO lines;
      CREATE INDEX orders_customer ON orders (customer);
      CREATE VIEW totals AS SELECT customer, sum(total) AS total FROM orders GROUP BY customer;`,
    class: 'exact',
  },
  {
    name: 'two rebuilds of one table',
    before: 'CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT, b TEXT);',
    up: `CREATE TABLE x (id INTEGER PRIMARY KEY, a TEXT NOT NULL, b TEXT); INSERT INTO x SELECT id, a, b FROM t; DROP TABLE t; ALTER TABLE x RENAME TO t;
      CREATE TABLE y (id INTEGER PRIMARY KEY, b TEXT, a TEXT NOT NULL); INSERT INTO y (id, a, b) SELECT id, a, b FROM t; DROP TABLE t; ALTER TABLE y RENAME TO t;`,
    class: 'exact',
  },
  {
    name: 'a rebuild, as Drizzle Kit writes it',
    before: 'CREATE TABLE `t` (`id` integer PRIMARY KEY NOT NULL, `a` text);',
    up: 'PRAGMA foreign_keys=OFF;\nCREATE TABLE `__new_t` (`id` integer PRIMARY KEY NOT NULL, `a` text NOT NULL);\nINSERT INTO `__new_t`("id", "a") SELECT "id", "a" FROM `t`;\nDROP TABLE `t`;\nALTER TABLE `__new_t` RENAME TO `t`;\nPRAGMA foreign_keys=ON;',
    class: 'exact',
  },
  {
    name: 'a rebuild, as Prisma writes it',
    before: 'CREATE TABLE "T" ("id" TEXT NOT NULL PRIMARY KEY, "a" TEXT);',
    up: 'PRAGMA defer_foreign_keys=ON;\nPRAGMA foreign_keys=OFF;\nCREATE TABLE "new_T" ("id" TEXT NOT NULL PRIMARY KEY, "a" TEXT DEFAULT \'\');\nINSERT INTO "new_T" ("a", "id") SELECT "a", "id" FROM "T";\nDROP TABLE "T";\nALTER TABLE "new_T" RENAME TO "T";\nPRAGMA foreign_keys=ON;\nPRAGMA defer_foreign_keys=OFF;',
    class: 'exact',
  },
  {
    name: 'a table that is made, used and dropped again',
    before: SHOP,
    up: 'CREATE TABLE work AS SELECT id FROM orders; CREATE INDEX work_id ON work (id); DROP TABLE work;',
    class: 'exact',
  },
  {
    name: 'an index that is dropped while its table is rebuilt',
    before: SHOP,
    up: 'DROP INDEX orders_customer; ALTER TABLE orders ADD COLUMN note TEXT; CREATE INDEX orders_customer ON orders (customer, note);',
    class: 'exact',
  },
  {
    name: 'rows for a table, in several statements',
    before: 'CREATE TABLE kinds (code TEXT PRIMARY KEY NOT NULL, label TEXT, rank REAL);',
    up: "INSERT INTO kinds VALUES ('a', 'A', -1.5); INSERT INTO kinds (rank, code) VALUES (2, 'b'), (3, 'c'); INSERT INTO kinds (code, label) VALUES ('d', NULL);",
    class: 'exact',
  },
  {
    name: 'rows known by two columns',
    before: 'CREATE TABLE pairs (a INTEGER NOT NULL, b TEXT NOT NULL, c TEXT, PRIMARY KEY (a, b));',
    up: "INSERT INTO pairs VALUES (1, 'x', 'one'), (1, 'y', 'two'), (-2, 'x', NULL);",
    class: 'exact',
  },
  {
    name: 'a row whose key is an expression',
    before: 'CREATE TABLE kinds (code TEXT PRIMARY KEY NOT NULL);',
    up: "INSERT INTO kinds VALUES (lower('A'));",
    class: 'irreversible',
  },
  {
    name: 'a row with a column that is renamed after it',
    before: 'CREATE TABLE kinds (code TEXT PRIMARY KEY NOT NULL, label TEXT);',
    up: "INSERT INTO kinds VALUES ('a', 'A'); ALTER TABLE kinds RENAME COLUMN code TO id; ALTER TABLE kinds RENAME TO sorts;",
    class: 'exact',
  },
  {
    name: 'INSERT OR REPLACE',
    before: 'CREATE TABLE kinds (code TEXT PRIMARY KEY NOT NULL, label TEXT);',
    up: "INSERT OR REPLACE INTO kinds VALUES ('a', 'A');",
    class: 'irreversible',
  },
  {
    name: 'an upsert that does nothing',
    before: 'CREATE TABLE kinds (code TEXT PRIMARY KEY NOT NULL, label TEXT);',
    up: "INSERT INTO kinds VALUES ('a', 'A') ON CONFLICT DO NOTHING;",
    class: 'schema-only',
    leaves: ['kinds'],
  },
  {
    name: 'an upsert that changes',
    before: 'CREATE TABLE kinds (code TEXT PRIMARY KEY NOT NULL, label TEXT);',
    up: "INSERT INTO kinds VALUES ('a', 'A') ON CONFLICT (code) DO UPDATE SET label = 'A';",
    class: 'irreversible',
  },
  { name: 'nothing but a SELECT', before: SHOP, up: 'SELECT count(*) FROM orders;', class: 'exact' },
];
