import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeError, terminalText } from 'd1-core/report';
import { loadTokenizer, quoteIdentifier, splitStatements } from 'd1-core/sql';
import { HARMFUL, HOSTILE_NAME, testWorkspace } from 'd1-core/testing';
import { describeStanding, readStanding } from './status/index.ts';
import { describeHistory, readHistory } from './journal/index.ts';
import { describePlan, makePlan, planMarkdown } from './plan/index.ts';
import { writeSchemaDocs } from './schema-docs/index.ts';
import { listTargetMigrations } from './survey/index.ts';
import { errorOf, execute, identify, migrateIn, targetIn } from './testing/index.ts';
import { writeScripts } from './testing/scripts.ts';
import { describeValidation, validate } from './validate/index.ts';

const name = quoteIdentifier(HOSTILE_NAME);
const child = quoteIdentifier(`child ${HOSTILE_NAME}`);

const MIGRATIONS = {
  '0001_first.sql': `CREATE TABLE ${name} (id INTEGER PRIMARY KEY NOT NULL, ${name} TEXT);
CREATE TABLE ${child} (id INTEGER PRIMARY KEY NOT NULL, ${name} INTEGER REFERENCES ${name} (id));
CREATE VIEW ${quoteIdentifier(`view ${HOSTILE_NAME}`)} AS SELECT 1;
INSERT INTO ${name} VALUES (1, 'one');
CREATE TABLE plain (id INTEGER PRIMARY KEY NOT NULL);
INSERT INTO plain VALUES (1);
`,
};

const PENDING = {
  'migrations/0002_second.sql': `ALTER TABLE ${name} DROP COLUMN ${name};
DELETE FROM ${name};
-- d1-migrate: expect-rows-lost plain: ::reason::x \u001b[31m \u202e <img>
DELETE FROM plain;
`,
};

describe('a schema with names that somebody means ill with', () => {
  const workspace = testWorkspace({ migrations: MIGRATIONS });
  const target = targetIn(workspace);

  beforeAll(async () => {
    await migrateIn(workspace);
    await execute(workspace, `CREATE TABLE ${quoteIdentifier(`drift ${HOSTILE_NAME}`)} (x)`);
    workspace.write(PENDING);
  });

  it('does nothing to a terminal', async () => {
    const plan = await makePlan({
      target,
      workspaceRoot: workspace.root,
      identify,
      source: { kind: 'database' },
    });
    const files = listTargetMigrations(target);
    const schemaFile = join(workspace.root, 'schema.sql');
    const validation = await validate({ wrangler: target.wrangler, files, schemaFile, write: false });
    const failure = await errorOf(execute(workspace, `INSERT INTO ${child} VALUES (${name})`));
    const shown = terminalText([
      ...describeStanding(await readStanding(target)),
      ...describeHistory(await readHistory(target)),
      ...describePlan(plan, []),
      ...describeValidation(validation, workspace.root),
      ...describeError(failure),
    ]);
    expect(shown).toContain('stop-commands');
    expect(shown).toContain('announced: ::reason::x');
    expect(shown).not.toMatch(HARMFUL);

    const markdown = planMarkdown(plan);
    expect(markdown).toContain('announced: ::reason::x');
    expect(markdown).not.toMatch(/(?!\n)[\p{Cc}\p{Bidi_Control}]|^\s*::|<img/mu);
  });

  it('is documented, with every name in its place', async () => {
    const changelogFile = join(workspace.root, 'CHANGELOG.md');
    const schemaFile = join(workspace.root, 'schema.md');
    await writeSchemaDocs({ files: listTargetMigrations(target), changelogFile, schemaFile, write: true });
    const page = readFileSync(schemaFile, 'utf8');
    expect(page.match(/^## /gm)).toHaveLength(4);
    const [, diagram] = /```mermaid\n(.*?)```/s.exec(page) ?? [];
    expect(diagram).not.toMatch(/%%|<|\\/);
    expect(diagram?.match(/"/g)).toHaveLength(2 * (diagram?.match(/"[^"\n]*"/g)?.length ?? 0));
    expect(readFileSync(changelogFile, 'utf8').match(/^## .*/gm)).toEqual([
      '## 0002_second.sql',
      '## 0001_first.sql',
    ]);
  });

  it('gets rollback scripts of which no name becomes a statement', async () => {
    await writeScripts(workspace);
    const tokenize = await loadTokenizer();
    const script = (file: string) => readFileSync(join(workspace.root, 'migrations/rollback', file), 'utf8');
    const statements = splitStatements(tokenize(script('0001_first.sql')));
    expect(statements).toHaveLength(4);
    expect(splitStatements(tokenize(script('0002_second.sql')))).toEqual([]);
  });
});
