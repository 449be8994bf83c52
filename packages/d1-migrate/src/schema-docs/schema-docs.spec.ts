import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { testWorkspace, type TestWorkspace } from 'd1-core/testing';
import { format, resolveConfig } from 'prettier';
import { listTargetMigrations } from '../survey/index.ts';
import { startExecutor, targetIn } from '../testing/index.ts';
import { writeScripts } from '../testing/scripts.ts';
import { writeSchemaDocs } from './index.ts';

const MIGRATIONS = {
  '0001_initial.sql': `-- Migration: Users and their lists.
-- Generated: 2026-01-02 03:04:05
-- Environment: Compatible with Cloudflare D1

CREATE TABLE users (id TEXT PRIMARY KEY NOT NULL, name TEXT NOT NULL DEFAULT 'a|b', mail TEXT UNIQUE);
CREATE TABLE lists (id INTEGER PRIMARY KEY AUTOINCREMENT, owner TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE, "a b" NUMERIC(10, 2), loud TEXT AS (upper(owner)) VIRTUAL);
CREATE TABLE profiles (user TEXT PRIMARY KEY REFERENCES users (id), bio TEXT) WITHOUT ROWID;
CREATE INDEX idx_lists_owner ON lists (owner, lower(owner)) WHERE owner IS NOT NULL;
CREATE VIEW owners AS
  SELECT owner FROM lists;
CREATE TRIGGER lists_named AFTER UPDATE ON lists BEGIN SELECT 1; END;
CREATE VIRTUAL TABLE found USING fts5(bio);
`,
  '0002_more.sql': `ALTER TABLE users RENAME COLUMN name TO full_name;
ALTER TABLE users ADD COLUMN phone TEXT;
ALTER TABLE lists DROP COLUMN "a b";
DROP INDEX idx_lists_owner;
CREATE INDEX idx_lists_owner ON lists (owner);
INSERT INTO users (id, full_name) VALUES ('1', 'One'), ('2', 'Two');
UPDATE lists SET owner = '1';
DROP VIEW owners;
`,
  '0003_rename.sql': `ALTER TABLE lists RENAME TO collections;
DROP TABLE profiles;
`,
};

async function write(workspace: TestWorkspace, isWritten = true) {
  const target = targetIn(workspace);
  const result = await writeSchemaDocs({
    files: listTargetMigrations(target),
    changelogFile: join(workspace.root, 'migrations/CHANGELOG.md'),
    schemaFile: join(workspace.root, 'docs/schema.md'),
    write: isWritten,
  });
  const read = (path: string) => readFileSync(join(workspace.root, path), 'utf8');
  return { result, read };
}

describe('the documents of a schema', () => {
  it('say what every migration does, what it risks, and whether it can be rolled back', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    await writeScripts(workspace);
    const { read } = await write(workspace);
    expect(read('migrations/CHANGELOG.md')).toBe(`# Changes of the schema

What every migration does, the newest first. Written by \`d1-migrate schema-docs\`: do not change it by hand.

## 0003_rename.sql

Rename.

- Table \`lists\` renamed to \`collections\`
- Table \`profiles\` dropped

**Risk:** all rows of \`profiles\` go.
**Rollback:** schema-only.

## 0002_more.sql

More.

- Table \`users\`: column \`full_name\` renamed from name, column \`phone\` added
- Table \`lists\`: column \`"a b"\` removed
- View \`owners\` dropped
- Index \`idx_lists_owner\` on \`lists\` rebuilt
- 2 rows added to \`users\`

**Risk:** the values of \`lists.a b\` go; line 7: it changes values of owner in lists.
**Rollback:** irreversible.

## 0001_initial.sql

Users and their lists (2026-01-02).

- New table \`users\` with 3 columns
- New table \`lists\` with 4 columns
- New table \`profiles\` with 2 columns
- New search index \`found\` with 1 column
- New index \`idx_lists_owner\` on \`lists\`
- New view \`owners\`
- New trigger \`lists_named\` on \`lists\`

**Risk:** no rows or values are touched.
**Rollback:** exact.
`);
  });

  it('show the tables, with their columns, keys and a diagram', async () => {
    const workspace = testWorkspace({ migrations: { '0001_initial.sql': MIGRATIONS['0001_initial.sql'] } });
    const { read } = await write(workspace);
    const page = read('docs/schema.md');
    expect(page).toContain(`\`\`\`mermaid
erDiagram
  users {
    TEXT id PK
    TEXT name
    TEXT mail
  }
  lists {
    INTEGER id PK
    TEXT owner FK
    NUMERIC_10_2 a_b "a b"
    TEXT loud
  }
  profiles {
    TEXT user PK, FK
    TEXT bio
  }
  users ||--o{ lists : "owner"
  users ||--o| profiles : "user"
\`\`\``);
    expect(page).toContain(`## users

| Column | Type   | NULL | Default  | Key     |
| ------ | ------ | ---- | -------- | ------- |
| \`id\`   | \`TEXT\` | no   |          | primary |
| \`name\` | \`TEXT\` | no   | \`'a\\|b'\` |         |
| \`mail\` | \`TEXT\` | yes  |          |         |

Referenced by:

- \`lists.owner\`, on delete cascade
- \`profiles.user\`, on delete no action
`);
    expect(page).toContain('- `idx_lists_owner`: owner, an expression, partial');
    expect(page).toContain(
      '## View owners\n\n```sql\nCREATE VIEW owners AS\n  SELECT owner FROM lists;\n```',
    );
  });

  it('stay as they are under Prettier', async () => {
    const { read } = await write(testWorkspace({ migrations: MIGRATIONS }));
    const config = await resolveConfig(import.meta.filename);
    for (const path of ['docs/schema.md', 'migrations/CHANGELOG.md']) {
      const options = { ...config, parser: 'markdown', proseWrap: 'preserve' } as const;
      expect(await format(read(path), options)).toBe(read(path));
    }
  });

  it('are compared without --write, which writes nothing', async () => {
    const workspace = testWorkspace({ migrations: MIGRATIONS });
    const stale = await startExecutor('schema-docs', workspace);
    expect(stale.exitCode).toBe(1);
    expect(stale.stdout).toContain('is not what the migrations give.');
    const written = await startExecutor('schema-docs', workspace, { write: true });
    expect(written.stdout).toContain('written.');
    expect(await startExecutor('schema-docs', workspace)).toMatchObject({ exitCode: 0 });
  });

  it('say where a migration does not run, and that what it gives is not known', async () => {
    const migrations = { '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\nDROP TABLE nowhere;\n' };
    const workspace = testWorkspace({ migrations });
    const { exitCode, stdout } = await startExecutor('schema-docs', workspace, { json: true, write: true });
    expect(exitCode).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({ exitCode: 3, failed: { name: '0001_a.sql', line: 2 } });
  });
});
