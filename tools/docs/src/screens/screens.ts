/** A picture of a terminal in docs/images. */
export interface Screen {
  /** The name of the file, without `.svg`. */
  readonly name: string;
  /** What is run before, and not shown. */
  readonly before?: string;
  /** What is shown, with its output. */
  readonly command: string;
}

const REBUILD = `cat > migrations/0006_rebuild_tours.sql << 'EOF'
-- Migration: rebuild tours
-- Generated: 2026-01-01 00:00:00
-- Environment: Compatible with Cloudflare D1

CREATE TABLE new_tours (
  id TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL,
  city TEXT NOT NULL DEFAULT 'Vancouver'
);
INSERT INTO new_tours (id, title) SELECT id, title FROM tours;
DROP TABLE tours;
ALTER TABLE new_tours RENAME TO tours;
EOF
npx nx g d1-migrate:rollback-script 0006 --no-interactive`;

const TOURS = `cat > migrations/0005_add_tours.sql << 'EOF'
-- Migration: add tours
-- Generated: 2026-01-01 00:00:00
-- Environment: Compatible with Cloudflare D1

CREATE TABLE tours (
  id TEXT PRIMARY KEY NOT NULL,
  title TEXT NOT NULL
);
CREATE TABLE tour_stops (
  tour_id TEXT NOT NULL REFERENCES tours (id) ON DELETE CASCADE,
  position INTEGER NOT NULL,
  artwork_id TEXT NOT NULL,
  PRIMARY KEY (tour_id, position)
);
EOF
npx nx g d1-migrate:rollback-script 0005 --no-interactive
npx nx run workers:migrate
(cd apps/workers && npx wrangler d1 execute DB --local --env development --command "
  INSERT INTO tours VALUES ('t1', 'Murals'), ('t2', 'Bronze');
  INSERT INTO tour_stops VALUES ('t1', 1, 'a1'), ('t1', 2, 'a2'), ('t1', 3, 'a3'), ('t2', 1, 'a4');")`;

/** In their order, in one clone: each finds what those before it have left. */
export const SCREENS: readonly Screen[] = [
  { name: 'migrate', command: 'npx nx run workers:migrate' },
  {
    name: 'migrate-fails',
    before: `cat > migrations/0005_add_tours.sql << 'EOF'
CREATE TABLE tours (id TEXT PRIMARY KEY NOT NULL);
PRAGMA journal_mode = WAL;
EOF`,
    command: 'npx nx run workers:migrate',
  },
  { name: 'lint', before: `${TOURS}\n${REBUILD}`, command: 'npx nx run workers:lint' },
  { name: 'plan', command: 'npx nx run workers:plan' },
  { name: 'status', command: 'npx nx run workers:status --all' },
];
