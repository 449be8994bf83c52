import { startEngine, type Engine } from 'd1-core/database';
import { loadTokenizer } from 'd1-core/sql';
import { temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { join } from 'node:path';
import { replayMigrations } from '../replay/index.ts';
import { invert } from '../invert/index.ts';
import { prove, type ScriptToProve, type StepProof } from './index.ts';

const LATER = 'CREATE TABLE later (id INTEGER PRIMARY KEY, name TEXT);';

interface History {
  readonly texts: readonly string[];
  /** In place of the script that is found for the second migration. */
  readonly script?: readonly string[];
  readonly second: string;
}

const HISTORIES: Readonly<Record<string, History>> = {
  'counts on the numbers that rows get in an empty database': {
    texts: [
      'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
      `INSERT INTO users (name) VALUES ('system'); CREATE TABLE posts (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users (id)); INSERT INTO posts VALUES (1, 1);`,
      LATER,
      'ALTER TABLE users ADD COLUMN mail TEXT;',
    ],
    second: 'refused irreversible',
  },
  'does not suit the rows of a table that a trigger always fills again': {
    texts: [
      `CREATE TABLE tags (id INTEGER PRIMARY KEY, name TEXT);
        CREATE TRIGGER tags_stay AFTER DELETE ON tags BEGIN INSERT INTO tags VALUES (old.id, old.name); END;`,
      'ALTER TABLE tags ADD COLUMN kind TEXT NOT NULL;',
      LATER,
    ],
    second: 'failed proved',
  },
  'cannot be run again after its script': {
    texts: ['CREATE TABLE tags (id INTEGER PRIMARY KEY);', 'CREATE TABLE a (x);', LATER],
    script: ['DROP TABLE a', 'CREATE VIEW a AS SELECT 1 AS x'],
    second: 'passed failed',
  },
};

describe('the proof of the migrations after one', () => {
  let engine: Engine;
  beforeAll(async () => {
    const databases = Object.fromEntries(
      Object.keys(HISTORIES).map((_, index) => [`C${index}`, `p${index}`]),
    );
    engine = await startEngine({ wrangler: testWrangler(), databases });
  });
  afterAll(() => engine.dispose());

  it.each(Object.entries(HISTORIES).map(([name, one], index) => [name, { ...one, index }] as const))(
    'that %s goes on',
    async (_, { texts, script, second, index }) => {
      const folder = temporaryFolder();
      const files = texts.map((text, at) => ({ name: `000${at + 1}_x.sql`, text, number: at + 1 }));
      writeFiles(folder, Object.fromEntries(files.map(({ name, text }) => [name, text])));
      const tokenize = await loadTokenizer();
      const steps = await replayMigrations(
        files.map(({ name, number }) => ({ name, number, path: join(folder, name) })),
      );
      const own: ScriptToProve | undefined =
        script === undefined ? undefined : { class: 'exact', statements: script, losses: [], kept: [] };
      const proofs: StepProof[] = [];
      const walk = prove({
        engine,
        binding: `C${index}`,
        tokenize,
        steps,
        scriptOf: async (step) => (step === steps[1] && own !== undefined ? own : invert(step, tokenize)),
      });
      for await (const proof of walk) proofs.push(proof);
      expect(proofs.map(({ withRows, rollback }) => `${withRows.outcome} ${rollback.outcome}`)).toEqual([
        'passed proved',
        second,
        ...steps.slice(2).map(() => 'passed proved'),
      ]);
      expect(proofs.flatMap(({ unseeded }) => unseeded)).toEqual([]);
    },
  );
});
