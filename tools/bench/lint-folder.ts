import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Writes migrations of ordinary size, about a kilobyte each, in which there is nothing to find. */
export function writeLintFolder(folder: string, migrations: number): void {
  mkdirSync(folder);
  for (let number = 1; number <= migrations; number++) {
    const { name, sql } = migration(number);
    writeFileSync(join(folder, `${String(number).padStart(4, '0')}_${name}.sql`), sql);
  }
}

/** A table is made once and then changed and filled many times, as in a project that lives: ten files in turn. */
function migration(number: number): { readonly name: string; readonly sql: string } {
  const table = `orders_${Math.ceil(number / 10)}`;
  const turn = number % 10;
  if (turn === 1) return { name: `create_${table}`, sql: createTable(table) };
  if (turn === 4 || turn === 8) {
    return { name: `note_${turn}_${table}`, sql: addColumn(table, `note_${turn}`) };
  }
  if (turn === 6) return { name: `view_${table}`, sql: viewAndTrigger(table) };
  return { name: `rows_${turn}_${table}`, sql: seed(table, turn * 10) };
}

const createTable = (table: string) => `-- Migration: the orders of one tenant, and their lines
CREATE TABLE ${table} (
  id INTEGER PRIMARY KEY,
  customer TEXT NOT NULL,
  email TEXT NOT NULL,
  status TEXT NOT NULL DEFAULT 'open',
  total_cents INTEGER NOT NULL DEFAULT 0,
  currency TEXT NOT NULL DEFAULT 'EUR',
  created_at TEXT NOT NULL DEFAULT (datetime('now')),
  updated_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE UNIQUE INDEX idx_${table}_email ON ${table} (email);
CREATE INDEX idx_${table}_status ON ${table} (status, created_at);

CREATE TABLE ${table}_lines (
  id INTEGER PRIMARY KEY,
  order_id INTEGER NOT NULL REFERENCES ${table} (id) ON DELETE CASCADE,
  article TEXT NOT NULL,
  quantity INTEGER NOT NULL DEFAULT 1,
  price_cents INTEGER NOT NULL
);

CREATE INDEX idx_${table}_lines_order_id ON ${table}_lines (order_id);
`;

const seed = (table: string, first: number) => `-- Migration: rows that every environment has
INSERT INTO ${table} (id, customer, email, status) VALUES
${rows(first, (id) => `(${id}, 'Customer ${id}', 'customer-${id}@example.com', 'open')`)};

INSERT INTO ${table}_lines (id, order_id, article, quantity, price_cents) VALUES
${rows(first, (id) => `(${id}, ${id}, 'Article ${id}', ${id}, ${id * 199})`)};

UPDATE ${table} SET total_cents = (
  SELECT sum(line.quantity * line.price_cents) FROM ${table}_lines AS line WHERE line.order_id = ${table}.id
) WHERE total_cents = 0;
`;

const addColumn = (table: string, column: string) => `-- Migration: a note for each order
ALTER TABLE ${table} ADD COLUMN ${column} TEXT;

UPDATE ${table} SET ${column} = 'moved' WHERE status = 'open' AND created_at < '2026-01-01';
`;

const viewAndTrigger = (table: string) => `-- Migration: what is open, and the time of the last change
CREATE VIEW open_${table} AS
SELECT ${table}.id, ${table}.customer, count(line.id) AS lines
FROM ${table}
LEFT JOIN ${table}_lines AS line ON line.order_id = ${table}.id
WHERE ${table}.status = 'open'
GROUP BY ${table}.id, ${table}.customer;

CREATE TRIGGER ${table}_touch AFTER UPDATE OF status ON ${table}
BEGIN
  UPDATE ${table} SET updated_at = datetime('now') WHERE id = NEW.id;
END;
`;

const rows = (first: number, row: (id: number) => string): string =>
  Array.from({ length: 10 }, (_, index) => row(first + index)).join(',\n');
