import { loadTokenizer, splitStatements } from 'd1-core/sql';
import type { LintConfig } from '../config/index.ts';
import { databasePool } from '../testing/database-pool.ts';
import { lintExample } from '../testing/examples.ts';

/** Migrations in the form in which Drizzle Kit and Prisma write them for SQLite. */
const pool = databasePool();
afterAll(() => pool.close());

type Files = Readonly<Record<string, string>>;

const drizzle: Files = {
  '0000_brave_hulk.sql': `CREATE TABLE \`teams\` (
	\`id\` integer PRIMARY KEY NOT NULL,
	\`name\` text NOT NULL,
	\`created_at\` integer DEFAULT (unixepoch()) NOT NULL
);
--> statement-breakpoint
CREATE TABLE \`users\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`email\` text NOT NULL,
	\`name\` text,
	\`role\` text DEFAULT 'member' NOT NULL,
	\`team_id\` integer NOT NULL,
	FOREIGN KEY (\`team_id\`) REFERENCES \`teams\`(\`id\`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE UNIQUE INDEX \`users_email_unique\` ON \`users\` (\`email\`);--> statement-breakpoint
CREATE INDEX \`users_team_idx\` ON \`users\` (\`team_id\`);--> statement-breakpoint
CREATE TABLE \`users_to_teams\` (
	\`user_id\` text NOT NULL,
	\`team_id\` integer NOT NULL,
	\`level\` integer DEFAULT 1 NOT NULL,
	\`since\` text DEFAULT CURRENT_TIMESTAMP NOT NULL,
	\`options\` text DEFAULT '{}' NOT NULL,
	\`label\` text GENERATED ALWAYS AS ("user_id" || '/' || "level") VIRTUAL,
	PRIMARY KEY(\`user_id\`, \`team_id\`),
	FOREIGN KEY (\`user_id\`) REFERENCES \`users\`(\`id\`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (\`team_id\`) REFERENCES \`teams\`(\`id\`) ON UPDATE no action ON DELETE set null,
	CONSTRAINT "level_check" CHECK("users_to_teams"."level" > 0)
);
--> statement-breakpoint
CREATE INDEX \`users_to_teams_team_idx\` ON \`users_to_teams\` (\`team_id\`);--> statement-breakpoint
CREATE UNIQUE INDEX \`users_name_idx\` ON \`users\` (lower("name")) WHERE "users"."name" is not null;`,
  '0001_quiet_storm.sql': `CREATE TABLE \`sessions\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`user_id\` text NOT NULL,
	\`expires_at\` integer NOT NULL,
	FOREIGN KEY (\`user_id\`) REFERENCES \`users\`(\`id\`) ON UPDATE no action ON DELETE cascade
);
--> statement-breakpoint
CREATE INDEX \`sessions_user_idx\` ON \`sessions\` (\`user_id\`);--> statement-breakpoint
ALTER TABLE \`users\` ADD \`avatar_url\` text;--> statement-breakpoint
ALTER TABLE \`users\` ADD \`is_active\` integer DEFAULT true NOT NULL;--> statement-breakpoint
ALTER TABLE \`teams\` ADD \`owner_id\` text REFERENCES users(id);--> statement-breakpoint
CREATE INDEX \`teams_owner_idx\` ON \`teams\` (\`owner_id\`);`,
  // A rebuild of a table that no other one references: fine but for the PRAGMA.
  '0002_calm_wasp.sql': `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_sessions\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`user_id\` text NOT NULL,
	\`expires_at\` integer NOT NULL,
	\`ip\` text,
	FOREIGN KEY (\`user_id\`) REFERENCES \`users\`(\`id\`) ON UPDATE cascade ON DELETE cascade
);
--> statement-breakpoint
INSERT INTO \`__new_sessions\`("id", "user_id", "expires_at") SELECT "id", "user_id", "expires_at" FROM \`sessions\`;--> statement-breakpoint
DROP TABLE \`sessions\`;--> statement-breakpoint
ALTER TABLE \`__new_sessions\` RENAME TO \`sessions\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE INDEX \`sessions_user_idx\` ON \`sessions\` (\`user_id\`);`,
};

const prisma: Files = {
  '20260101000000_init.sql': `-- CreateTable
CREATE TABLE "User" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);

-- CreateTable
CREATE TABLE "Post" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "title" TEXT NOT NULL,
    "views" INTEGER DEFAULT 0,
    "authorId" INTEGER NOT NULL,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Membership" (
    "userId" INTEGER NOT NULL,
    "team" TEXT NOT NULL,
    "settings" JSONB,
    "fee" DECIMAL,
    "photo" BLOB,

    PRIMARY KEY ("userId", "team"),
    CONSTRAINT "Membership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);

-- CreateTable
CREATE TABLE "Label" (
    "id" TEXT NOT NULL PRIMARY KEY
);

-- CreateTable
CREATE TABLE "_LabelToLabel" (
    "A" TEXT NOT NULL,
    "B" TEXT NOT NULL,
    CONSTRAINT "_LabelToLabel_A_fkey" FOREIGN KEY ("A") REFERENCES "Label" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
    CONSTRAINT "_LabelToLabel_B_fkey" FOREIGN KEY ("B") REFERENCES "Label" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- CreateIndex
CREATE UNIQUE INDEX "User_email_key" ON "User"("email");

-- CreateIndex
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");

-- CreateIndex
CREATE UNIQUE INDEX "_LabelToLabel_AB_unique" ON "_LabelToLabel"("A", "B");

-- CreateIndex
CREATE INDEX "_LabelToLabel_B_index" ON "_LabelToLabel"("B");`,
  '20260102000000_bio.sql': `-- AlterTable
ALTER TABLE "User" ADD COLUMN "bio" TEXT;

-- AlterTable
ALTER TABLE "Post" ADD COLUMN "published" BOOLEAN NOT NULL DEFAULT false;`,
  '20260103000000_views.sql': `/*
  Warnings:

  - Made the column \`views\` on table \`Post\` required. This step will fail if there are existing NULL values in that column.

*/
-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_Post" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "title" TEXT NOT NULL,
    "views" INTEGER NOT NULL DEFAULT 0,
    "authorId" INTEGER NOT NULL,
    "published" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "Post_authorId_fkey" FOREIGN KEY ("authorId") REFERENCES "User" ("id") ON DELETE RESTRICT ON UPDATE CASCADE
);
INSERT INTO "new_Post" ("authorId", "id", "published", "title", "views") SELECT "authorId", "id", "published", "title", coalesce("views", 0) AS "views" FROM "Post";
DROP TABLE "Post";
ALTER TABLE "new_Post" RENAME TO "Post";
CREATE INDEX "Post_authorId_idx" ON "Post"("authorId");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;`,
};

async function findingsIn(files: Files, config?: LintConfig) {
  const { findings } = await lintExample(files, config);
  return findings.map(({ rule, start, message, help, file }) => ({
    rule,
    file: file.replace('migrations/', ''),
    at: `${start.line}:${start.column}`,
    message,
    help,
  }));
}

async function runs(files: Files): Promise<boolean> {
  const [database, tokenize] = [await pool.take(), await loadTokenizer()];
  try {
    for (const text of Object.values(files)) {
      await database.batch(
        splitStatements(tokenize(text)).map((statement) => text.slice(statement.start, statement.end)),
      );
    }
    return true;
  } catch {
    return false;
  }
}

const foreignKeysPragma = 'compat/foreign-keys-pragma-is-noop';

/** The SQL of a help text: what stands after its first sentence. */
const proposalOf = (help: string): string => help.slice(help.indexOf('\n') + 1);

describe('migrations by Drizzle Kit', () => {
  it('give no finding but the PRAGMA that does nothing', async () => {
    const found = await findingsIn(drizzle);
    expect(found.map(({ rule, file }) => [rule, file])).toEqual([[foreignKeysPragma, '0002_calm_wasp.sql']]);
    expect(await runs(drizzle)).toBe(true);
  });

  const rebuildUsers = (
    columns: string,
    selected = columns,
  ) => `PRAGMA foreign_keys=OFF;--> statement-breakpoint
CREATE TABLE \`__new_users\` (
	\`id\` text PRIMARY KEY NOT NULL,
	\`email\` text NOT NULL,
	\`name\` text NOT NULL,
	\`role\` text DEFAULT 'member' NOT NULL,
	\`team_id\` integer NOT NULL,
	\`avatar_url\` text,
	\`is_active\` integer DEFAULT true NOT NULL,
	\`locale\` text DEFAULT 'en' NOT NULL,
	FOREIGN KEY (\`team_id\`) REFERENCES \`teams\`(\`id\`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
INSERT INTO \`__new_users\`(${columns}) SELECT ${selected} FROM \`users\`;--> statement-breakpoint
DROP TABLE \`users\`;--> statement-breakpoint
ALTER TABLE \`__new_users\` RENAME TO \`users\`;--> statement-breakpoint
PRAGMA foreign_keys=ON;--> statement-breakpoint
CREATE UNIQUE INDEX \`users_email_unique\` ON \`users\` (\`email\`);--> statement-breakpoint
CREATE INDEX \`users_team_idx\` ON \`users\` (\`team_id\`);--> statement-breakpoint
CREATE UNIQUE INDEX \`users_name_idx\` ON \`users\` (lower("name")) WHERE "users"."name" is not null;`;
  const allColumns = '"id", "email", "name", "role", "team_id", "avatar_url", "is_active", "locale"';

  it('are told by name when their rebuild deletes the children, fails, or copies a text for a new column', async () => {
    const found = await findingsIn({ ...drizzle, '0003_red_fox.sql': rebuildUsers(allColumns) });
    const own = found.filter(({ file, rule }) => file === '0003_red_fox.sql' && rule !== foreignKeysPragma);
    expect(own.map(({ rule, at }) => [rule, at])).toEqual([
      ['safety/set-not-null', '14:128'],
      ['data/copy-unknown-quoted-column', '14:182'],
      ['data/rebuild-cascades', '15:12'],
      ['safety/drop-referenced-table', '15:12'],
    ]);
    for (const { message } of own) {
      expect(message).toMatch(/ This is the form in which Drizzle Kit generates a rebuild\.$/);
    }
  });

  it('get a rebuild proposed that is clean and runs', async () => {
    const rebuild = rebuildUsers(allColumns.replace(', "locale"', '')).replace(
      '`name` text NOT NULL',
      '`name` text',
    );
    const found = await findingsIn({ ...drizzle, '0003_red_fox.sql': rebuild });
    const cascades = found.find(({ rule }) => rule === 'data/rebuild-cascades');
    const fixed = { ...drizzle, '0003_red_fox.sql': proposalOf(cascades?.help ?? '') };
    const left = await findingsIn(fixed);
    expect(left.filter(({ file }) => file === '0003_red_fox.sql')).toEqual([]);
    expect(await runs(fixed)).toBe(true);
  });

  it('are told that a column without default fails on rows', async () => {
    const found = await findingsIn({
      ...drizzle,
      '0003_red_fox.sql':
        'ALTER TABLE `users` ADD `phone` text NOT NULL;--> statement-breakpoint\nALTER TABLE `users` ADD `seen_at` integer DEFAULT (unixepoch());',
    });
    expect(found.slice(1).map(({ rule, at }) => [rule, at])).toEqual([
      ['safety/add-not-null-without-default', '1:38'],
      ['safety/add-non-constant-default', '2:43'],
    ]);
  });

  it('may drop an index and create it again, and drop a column with its index', async () => {
    const found = await findingsIn({
      ...drizzle,
      '0003_red_fox.sql': `DROP INDEX \`users_email_unique\`;--> statement-breakpoint
DROP INDEX IF EXISTS "users_team_idx";--> statement-breakpoint
CREATE UNIQUE INDEX \`users_email_unique\` ON \`users\` (lower("email"));--> statement-breakpoint
CREATE INDEX \`users_team_idx\` ON \`users\` (\`team_id\`);`,
    });
    expect(found.slice(1).map(({ rule }) => rule)).toEqual(['data/drop-unique-index']);
  });

  it('may make a view, and fill tables by hand', async () => {
    const found = await findingsIn({
      ...drizzle,
      '0003_red_fox.sql': `-- Custom SQL migration file, put your code below! --
INSERT INTO \`teams\` ("id", "name") VALUES (1, 'Ada''s');--> statement-breakpoint
UPDATE "teams" SET "name" = 'none' WHERE "teams"."name" = '';--> statement-breakpoint
CREATE VIEW \`members\` AS select "id", "name" from "users" where "users"."role" = 'member';`,
    });
    expect(found.slice(1)).toEqual([]);
  });

  it('are told by name that version 1.0 leaves NOT NULL out of a key', async () => {
    const found = await findingsIn({
      '0001_init.sql': `CREATE TABLE \`teams\` (
	\`id\` text PRIMARY KEY,
	\`name\` text NOT NULL
);
--> statement-breakpoint
CREATE UNIQUE INDEX \`teams_name_unique\` ON \`teams\` (\`name\`);`,
    });
    expect(found.map(({ rule, message }) => [rule, message])).toEqual([
      [
        'schema/nullable-primary-key',
        'teams.id is the primary key and may be NULL, in any number of rows. Drizzle Kit 1.0 generates this.',
      ],
    ]);
  });
});

describe('migrations by Prisma', () => {
  it('give no finding but the PRAGMA that does nothing', async () => {
    const found = await findingsIn(prisma);
    expect(found.map(({ rule, file }) => [rule, file])).toEqual([
      [foreignKeysPragma, '20260103000000_views.sql'],
    ]);
    expect(await runs(prisma)).toBe(true);
  });

  it('are told by name what their rebuild of a parent loses, and which new column has no value', async () => {
    const found = await findingsIn({
      ...prisma,
      '20260104000000_slug.sql': `-- RedefineTables
PRAGMA defer_foreign_keys=ON;
PRAGMA foreign_keys=OFF;
CREATE TABLE "new_User" (
    "id" INTEGER NOT NULL PRIMARY KEY,
    "email" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "createdAt" DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP
);
INSERT INTO "new_User" ("createdAt", "email", "id") SELECT "createdAt", "email", "id" FROM "User";
DROP TABLE "User";
ALTER TABLE "new_User" RENAME TO "User";
CREATE UNIQUE INDEX "User_slug_key" ON "User"("slug");
PRAGMA foreign_keys=ON;
PRAGMA defer_foreign_keys=OFF;`,
    });
    const own = found.slice(1).filter(({ rule }) => rule !== foreignKeysPragma);
    expect(own.map(({ rule, at }) => [rule, at])).toEqual([
      ['safety/add-not-null-without-default', '7:5'],
      ['data/rebuild-drops-column', '10:13'],
      ['data/rebuild-loses-objects', '11:12'],
    ]);
    for (const { message } of own) {
      expect(message).toMatch(/ This is the form in which Prisma generates a rebuild\.$/);
    }
  });

  it('are told by name when a view stops their rebuild, and get one proposed that runs', async () => {
    const rebuild = prisma['20260103000000_views.sql'] ?? '';
    const files = {
      ...prisma,
      '20260103000000_views.sql': 'CREATE VIEW "Titles" AS SELECT "title" FROM "Post";',
      '20260104000000_views.sql': rebuild,
    };
    expect(await runs(files)).toBe(false);
    const [finding, ...others] = (await findingsIn(files)).filter(({ rule }) => rule !== foreignKeysPragma);
    expect(others).toEqual([]);
    expect(finding?.rule).toBe('safety/broken-view-or-trigger');
    expect(finding?.message).toMatch(/ This is the form in which Prisma generates a rebuild\.$/);
    const fixed = { ...files, '20260104000000_views.sql': proposalOf(finding?.help ?? '') };
    expect(await findingsIn(fixed)).toEqual([]);
    expect(await runs(fixed)).toBe(true);
  });

  it('may give an index another form, and in a project without AUTOINCREMENT are told by name of that', async () => {
    const files = {
      ...prisma,
      '20260104000000_email.sql': `-- DropIndex
DROP INDEX "User_email_key";

-- CreateTable
CREATE TABLE "Log" (
    "id" INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "text" TEXT NOT NULL
);

-- CreateIndex
CREATE UNIQUE INDEX "User_mail_key" ON "User"("email");`,
    };
    expect((await findingsIn(files)).map(({ rule }) => rule)).toEqual([foreignKeysPragma]);
    const found = await findingsIn(files, { rules: { 'schema/no-autoincrement': 'error' } });
    expect(found.slice(1).map(({ rule, message }) => [rule, message])).toEqual([
      [
        'schema/no-autoincrement',
        'Log uses AUTOINCREMENT. D1 accepts it; in this project it needs a reason. Prisma generates it for autoincrement().',
      ],
    ]);
  });
});
