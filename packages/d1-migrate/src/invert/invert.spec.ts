import { startEngine, type Engine } from 'd1-core/database';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import { temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import { join } from 'node:path';
import { prove, type StepProof } from '../prove/index.ts';
import { reversibilityCases } from './testing/cases/index.ts';
import { replayMigrations } from '../replay/index.ts';
import { invert } from './index.ts';

describe('the way back of a migration', () => {
  let engine: Engine;
  let tokenize: Tokenize;
  beforeAll(async () => {
    tokenize = await loadTokenizer();
    const databases = Object.fromEntries(
      reversibilityCases.map((_, index) => [`C${index}`, `case-${index}`]),
    );
    engine = await startEngine({ wrangler: testWrangler(), databases });
  });
  afterAll(() => engine.dispose());

  it.each(reversibilityCases.map((one, index) => [one.name, { ...one, index }] as const))(
    'of %s is of the right class, and proved',
    async (_, { before, up, index, loses = [], leaves = [], ...expected }) => {
      const folder = temporaryFolder();
      const texts = { '0001_before.sql': before, '0002_up.sql': up };
      writeFiles(folder, texts);
      const steps = await replayMigrations(
        Object.keys(texts).map((name, at) => ({ name, path: join(folder, name), number: at + 1 })),
      );
      const proofs: StepProof[] = [];
      let script: Awaited<ReturnType<typeof invert>> | undefined;
      const request = {
        engine,
        binding: `C${index}`,
        tokenize,
        steps,
        scriptOf: async (step: (typeof steps)[number]) => {
          script = await invert(step, tokenize);
          return script;
        },
      };
      for await (const proof of prove(request)) proofs.push(proof);
      expect(proofs.map(({ withRows }) => withRows.outcome)).toEqual(['passed', 'passed']);
      expect(proofs[0]?.rollback).toEqual({ outcome: 'proved' });
      expect(proofs[1]?.rollback).toEqual({
        outcome: expected.class === 'irreversible' ? 'irreversible' : 'proved',
      });
      expect(script?.class).toBe(expected.class);
      expect(
        script?.losses.map(({ table, column }) => (column === undefined ? table : `${table}.${column}`)),
      ).toEqual(loses);
      expect(script?.class === 'irreversible' ? [] : script?.kept).toEqual(leaves);
    },
  );
});
