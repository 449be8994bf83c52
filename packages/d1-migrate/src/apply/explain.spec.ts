import { openDatabaseFile } from 'd1-core/schema';
import { localDatabaseFile } from 'd1-core/database';
import { localDatabase } from 'd1-core/target';
import { testWorkspace } from 'd1-core/testing';
import { explainSqlError } from 'd1-core/wrangler';
import { listTargetMigrations } from '../survey/index.ts';
import { migrateIn, targetIn } from '../testing/index.ts';
import { explainFailedMigration } from './explain.ts';

const FOREIGN_KEY = /foreign key/;

/** What the engine says of a violated foreign key, and also when another process has the lock of a local database. */
const REFUSED = explainSqlError('internal error; reference = 97sg98eflod5ctse0lv4no1j');

describe('a local migration that failed beside another run', () => {
  const workspace = testWorkspace({
    migrations: {
      '0001_a.sql': 'CREATE TABLE a (id INTEGER PRIMARY KEY);\n',
      '0002_b.sql': 'CREATE TABLE b (a INTEGER REFERENCES a (id) DEFERRABLE INITIALLY DEFERRED);\n',
      '0003_c.sql': 'INSERT INTO b VALUES (1);\n',
    },
  });
  const target = targetIn(workspace);
  beforeAll(() => migrateIn(workspace));

  async function explain(name: string) {
    const file = listTargetMigrations(target).find((one) => one.name === name);
    if (file === undefined) throw new Error(`There is no ${name}`);
    const error = await explainFailedMigration({
      target,
      file,
      applied: [],
      failure: REFUSED,
      databaseNow: 'In the database now: something.',
    });
    return { code: error.code, text: [error.message, error.fix, ...error.notes].join('\n') };
  }

  it('is told that the other has applied it', async () => {
    const { code, text } = await explain('0002_b.sql');
    expect(code).toBe('changed-meanwhile');
    expect(text).toContain('Another run has applied it since.');
    expect(text).not.toMatch(FOREIGN_KEY);
  });

  it('is told that the other is at work, while the database cannot even be read', async () => {
    const connection = await openDatabaseFile(localDatabaseFile(localDatabase(target)));
    try {
      connection.exec('BEGIN IMMEDIATE');
      const { code, text } = await explain('0003_c.sql');
      expect(code).toBe('changed-meanwhile');
      expect(text).toContain('It is writing to the database still.');
      expect(text).not.toMatch(FOREIGN_KEY);
    } finally {
      connection.close();
    }
  });

  it('is told of the foreign key where it is one', async () => {
    const { code, text } = await explain('0003_c.sql');
    expect(code).toBe('sql-constraint');
    expect(text).toMatch(FOREIGN_KEY);
  });

  it('is told that the other was at work where the file runs by now', async () => {
    workspace.write({ 'migrations/0003_c.sql': 'INSERT INTO a VALUES (1);\n' });
    const { code, text } = await explain('0003_c.sql');
    expect(code).toBe('changed-meanwhile');
    expect(text).toContain('On a copy of the database as it is now the file runs.');
    expect(text).not.toMatch(FOREIGN_KEY);
  });
});
