import { loadParser, loadTokenizer, splitStatements } from '../sql/index.ts';
import { columnOf, primaryKeyOf } from './model.ts';
import { openReplay, type Replay, type ReplayOutcome } from './replay.ts';

async function run(replay: Replay, text: string): Promise<readonly ReplayOutcome[]> {
  const [tokenize, parse] = await Promise.all([loadTokenizer(), loadParser()]);
  const outcomes: ReplayOutcome[] = [];
  for (const statement of splitStatements(tokenize(text))) {
    const parsed = await parse(text, statement);
    const tree = parsed.outcome === 'parsed' ? parsed.tree : undefined;
    outcomes.push(replay.run({ text, statement, tree }));
  }
  return outcomes;
}

async function schemaOf(text: string) {
  const replay = await openReplay();
  await run(replay, text);
  const schema = replay.schema();
  replay.close();
  return schema;
}

describe('a schema', () => {
  it('describes tables with their columns and keys', async () => {
    const schema = await schemaOf(`
      CREATE TABLE Parents (a TEXT, b TEXT NOT NULL DEFAULT 'x', PRIMARY KEY (b, a)) STRICT, WITHOUT ROWID;
      CREATE TABLE children (id INTEGER PRIMARY KEY AUTOINCREMENT, v AS (id + 1) STORED, w AS (id),
        x TEXT, y TEXT, FOREIGN KEY (x, y) REFERENCES parents (b, a) ON DELETE SET NULL ON UPDATE CASCADE);`);
    const parents = schema.table('PARENTS');
    const children = schema.table('children');
    expect(parents && [parents.strict, parents.withoutRowid, primaryKeyOf(parents)]).toEqual([
      true,
      true,
      ['b', 'a'],
    ]);
    expect(parents && columnOf(parents, 'B')).toEqual({
      name: 'b',
      type: 'TEXT',
      notNull: true,
      defaultValue: "'x'",
      primaryKey: 1,
      generated: 'no',
    });
    const letters = (await schemaOf('CREATE TABLE t ("Ä" TEXT, "ä" INTEGER)')).table('t');
    expect(letters && columnOf(letters, 'ä')?.type).toBe('INTEGER');
    expect(children?.autoincrement).toBe(true);
    expect(children?.columns.map(({ generated }) => generated)).toEqual([
      'no',
      'stored',
      'virtual',
      'no',
      'no',
    ]);
    expect(schema.referencesTo('parents')).toEqual([
      {
        child: children,
        foreignKey: {
          columns: ['x', 'y'],
          parent: 'parents',
          parentColumns: ['b', 'a'],
          onDelete: 'SET NULL',
          onUpdate: 'CASCADE',
        },
      },
    ]);
  });

  it('describes indexes, those of constraints included, triggers and views', async () => {
    const schema = await schemaOf(`
      CREATE TABLE t (id TEXT PRIMARY KEY, a TEXT UNIQUE, b TEXT);
      CREATE UNIQUE INDEX t_b ON t (b, lower(a)) WHERE b IS NOT NULL;
      CREATE TRIGGER r AFTER INSERT ON T BEGIN SELECT 1; END;
      CREATE VIEW v AS SELECT a FROM t;`);
    expect(
      schema.indexesOf('T').map(({ origin, unique, partial, columns }) => [origin, unique, partial, columns]),
    ).toEqual([
      ['primary-key', true, false, ['id']],
      ['unique', true, false, ['a']],
      ['created', true, true, ['b', undefined]],
    ]);
    expect(schema.triggersOf('t').map(({ name }) => name)).toEqual(['r']);
    expect(schema.view('V')?.sql).toBe('CREATE VIEW v AS SELECT a FROM t');
  });

  it('tells virtual tables and their shadows from ordinary ones', async () => {
    const schema = await schemaOf('CREATE VIRTUAL TABLE f USING fts5(a);');
    expect(schema.table('f')?.storage).toBe('virtual');
    expect(schema.table('f_data')?.storage).toBe('shadow');
  });

  it('reads no keyword out of a text, a name or a comment', async () => {
    const schema = await schemaOf(
      `CREATE TABLE "autoincrement" (id INTEGER PRIMARY KEY, /* AUTOINCREMENT */ a TEXT DEFAULT ' autoincrement ');`,
    );
    expect(schema.table('autoincrement')?.autoincrement).toBe(false);
  });

  it('does not show the tables of wrangler and of SQLite', async () => {
    const schema = await schemaOf('CREATE TABLE t (id INTEGER PRIMARY KEY AUTOINCREMENT);');
    expect(schema.objects().map(({ name }) => name)).toEqual(['t']);
  });
});

describe('the replay', () => {
  it('leaves the schema of an earlier moment as it was', async () => {
    const replay = await openReplay();
    await run(
      replay,
      'CREATE TABLE p (id INTEGER PRIMARY KEY); CREATE TABLE c (p REFERENCES p); CREATE INDEX i ON c (p);',
    );
    const first = replay.schema();
    await run(replay, 'ALTER TABLE p RENAME TO q; ALTER TABLE c ADD COLUMN n TEXT; DROP INDEX i;');
    const second = replay.schema();
    await run(replay, 'DROP TABLE c; CREATE TABLE c (other TEXT); CREATE INDEX i ON c (other);');
    const third = replay.schema();
    const shape = (schema: typeof first) => [
      schema.table('p')?.name,
      schema.table('q')?.name,
      schema.table('c')?.columns.map(({ name }) => name),
      schema.indexesOf('c').map(({ columns }) => columns),
      schema.referencesTo('p').length,
      schema.referencesTo('q').length,
    ];
    expect(shape(first)).toEqual(['p', undefined, ['p'], [['p']], 1, 0]);
    expect(shape(second)).toEqual([undefined, 'q', ['p', 'n'], [], 0, 1]);
    expect(shape(third)).toEqual([undefined, 'q', ['other'], [['other']], 0, 0]);
    expect([replay.everHad('P'), replay.everHad('never')]).toEqual([true, false]);
    replay.close();
  });

  it('does not call what only D1 can do a failure', async () => {
    const replay = await openReplay();
    const outcomes = await run(
      replay,
      `CREATE TABLE t (a, "order"); DELETE FROM t WHERE a LIMIT 5; UPDATE t SET a = (SELECT 1 ORDER BY 1) ORDER BY a LIMIT 1;
       CREATE TEMP TABLE k (a); INSERT INTO k VALUES (1); REINDEX t; DELETE FROM missing LIMIT 5;`,
    );
    expect(outcomes.filter(({ outcome }) => outcome === 'failed')).toEqual([
      { outcome: 'failed', message: 'no such table: missing' },
    ]);
    expect(replay.schema().table('k')).toBeUndefined();
    replay.close();
  });

  it('does not do what only a newer SQLite can', async () => {
    const replay = await openReplay();
    const outcomes = await run(
      replay,
      'CREATE TABLE t (a); ALTER TABLE t ALTER COLUMN a SET NOT NULL; ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0);',
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual(['done', 'skipped', 'skipped']);
    expect(replay.schema().table('t')?.sql).toBe('CREATE TABLE t (a)');
    replay.close();
  });

  it('counts the instructions of long statements', async () => {
    const replay = await openReplay();
    const rows = (count: number) => `INSERT INTO t (a) VALUES ${Array(count).fill('(1)').join(', ')};`;
    const [, short, long, longer] = await run(
      replay,
      `CREATE TABLE t (a); ${rows(10)} ${rows(3000)} ${rows(4000)}`,
    );
    const count = (outcome: ReplayOutcome | undefined) =>
      outcome?.outcome === 'done' ? (outcome.instructions ?? 0) : NaN;
    expect(count(short)).toBe(0);
    expect(count(longer) - count(long)).toBe(2000);
    replay.close();
  });

  it('says what fails, and goes on', async () => {
    const replay = await openReplay();
    const outcomes = await run(
      replay,
      'INSERT INTO missing VALUES (1); CREATE TABLE t (a); CREATE TABLE t (a); SELECT "text" FROM t; DROP TABLE t;',
    );
    expect(outcomes).toEqual([
      { outcome: 'failed', message: 'no such table: missing' },
      { outcome: 'done' },
      { outcome: 'failed', message: 'table t already exists' },
      { outcome: 'done' },
      { outcome: 'done' },
    ]);
    replay.close();
  });

  it('rolls back all of a file of which a statement failed, as D1 does', async () => {
    const replay = await openReplay();
    const file = async (text: string) => {
      const outcomes = await run(replay, text);
      const within = replay.schema();
      replay.endFile();
      return { failed: outcomes.filter(({ outcome }) => outcome === 'failed').length, within };
    };
    await file('CREATE TABLE t (a); CREATE TABLE gone (a); CREATE INDEX i ON t (a);');
    const { within } = await file(
      `ALTER TABLE t ADD COLUMN b; CREATE TABLE u (a); CREATE VIRTUAL TABLE f USING fts5(a); DROP TABLE gone;
       ALTER TABLE t RENAME COLUMN a TO c; DROP INDEX i; INSERT INTO missing VALUES (1);`,
    );
    expect(within.objects().map(({ name }) => name)).toEqual(expect.arrayContaining(['t', 'u', 'f']));
    const shape = () => [
      replay
        .schema()
        .objects()
        .map(({ name }) => name),
      replay
        .schema()
        .table('t')
        ?.columns.map(({ name }) => name),
      replay
        .schema()
        .indexesOf('t')
        .map(({ columns }) => columns),
    ];
    expect(shape()).toEqual([['t', 'gone', 'i'], ['a'], [['a']]]);
    const { failed } = await file('ALTER TABLE t ADD COLUMN b; CREATE TABLE u (x); DROP TABLE gone;');
    expect([failed, shape()]).toEqual([0, [['t', 'i', 'u'], ['a', 'b'], [['a']]]]);
    expect(within.table('u')?.columns.map(({ name }) => name)).toEqual(['a']);
    expect(within.table('gone')).toBeUndefined();
    replay.close();
  });

  it('touches no file, and ends although a query does not', async () => {
    const replay = await openReplay();
    const endless =
      'WITH RECURSIVE c (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x, x AS y FROM c';
    const outcomes = await run(
      replay,
      `ATTACH '/nowhere/x.db' AS x; VACUUM INTO '/nowhere/y.db'; PRAGMA user_version = 1; BEGIN; COMMIT;
       CREATE TABLE t AS ${endless}; INSERT INTO t ${endless}; ${endless};`,
    );
    expect(outcomes.map(({ outcome }) => outcome)).toEqual([
      ...Array.from({ length: 5 }, () => 'skipped'),
      'done',
      'done',
      'done',
    ]);
    expect(
      replay
        .schema()
        .table('t')
        ?.columns.map(({ name }) => name),
    ).toEqual(['x', 'y']);
    replay.close();
  });
});
