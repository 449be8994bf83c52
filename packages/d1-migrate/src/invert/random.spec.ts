import { startEngine } from 'd1-core/database';
import { openWorkbench, schemaOf } from 'd1-core/schema';
import { loadTokenizer } from 'd1-core/sql';
import { fuzzRuns, temporaryFolder, testWrangler, writeFiles } from 'd1-core/testing';
import fc from 'fast-check';
import { join } from 'node:path';
import { prove, type StepProof } from '../prove/index.ts';
import { replayMigrations } from '../replay/index.ts';
import { invert, type Inversion } from './index.ts';
import { migrations, type Intent } from './testing/intents.ts';
import { writeMigration } from './testing/write-migration.ts';

const RUNS = fuzzRuns(15, 20);

/** Databases of one workerd; a new one starts when all are used. */
const DATABASES = 40;

interface Outcome {
  readonly text: string;
  readonly inversion: Inversion | undefined;
  readonly proof: StepProof | undefined;
}

/**
 * A row that is kept may point to one that is gone: then the script is refused as a whole, and the generator writes
 * "irreversible" instead.
 */
const pointsToNothing = (inversion: Inversion | undefined, reason: string): boolean =>
  /^it cannot be run: .*(foreign key|FOREIGN KEY)/.test(reason) &&
  inversion?.losses.some(({ column }) => column === undefined) === true;

/** A foreign key to columns that are not unique lets rows in, and none out: https://sqlite.org/foreignkeys.html#fk_indexes */
const neverLetsGo = (reason: string): boolean => /^it cannot be run: foreign key mismatch/.test(reason);

describe('the way back of a random migration on a random schema', () => {
  const classes = new Map<string, number>();
  let engine: Awaited<ReturnType<typeof startEngine>> | undefined;
  let used = DATABASES;

  afterAll(async () => {
    await engine?.dispose();
    console.info([...classes].map(([name, count]) => `${count} ${name}`).join(', '));
  });

  async function freshDatabase() {
    if (used >= DATABASES || engine === undefined) {
      await engine?.dispose();
      const databases = Object.fromEntries(
        Array.from({ length: DATABASES }, (_, index) => [`C${index}`, `random-${index}`]),
      );
      engine = await startEngine({ wrangler: testWrangler(), databases });
      used = 0;
    }
    used += 1;
    return { engine, binding: `C${used - 1}` };
  }

  async function takeBack(base: readonly Intent[], change: readonly Intent[]): Promise<Outcome> {
    const bench = await openWorkbench(await schemaOf([]));
    let texts: Readonly<Record<string, string>>;
    try {
      const before = writeMigration(bench, base);
      const up = writeMigration(bench, change);
      const join = (statements: readonly string[]) => statements.map((sql) => `${sql};\n`).join('');
      texts = { '0001_base.sql': join(before), '0002_change.sql': join(up) };
    } finally {
      bench.close();
    }
    const text = Object.values(texts).join('-- change\n');
    const folder = temporaryFolder();
    writeFiles(folder, texts);
    const tokenize = await loadTokenizer();
    const steps = await replayMigrations(
      Object.keys(texts).map((name, index) => ({ name, path: join(folder, name), number: index + 1 })),
    );
    let inversion: Inversion | undefined;
    const scriptOf = async (step: (typeof steps)[number]) => {
      const found = await invert(step, tokenize);
      if (step === steps[1]) inversion = found;
      return found;
    };
    let proof: StepProof | undefined;
    for await (const one of prove({ ...(await freshDatabase()), tokenize, steps, scriptOf })) proof = one;
    return { text, inversion, proof };
  }

  const property = async () => {
    await fc.assert(
      fc.asyncProperty(migrations, async ({ base, change }) => {
        const { text, inversion, proof } = await takeBack(base, change);
        const outcome = proof?.rollback.outcome ?? 'none';
        classes.set(inversion?.class ?? outcome, (classes.get(inversion?.class ?? outcome) ?? 0) + 1);
        const reason = proof?.rollback.outcome === 'failed' ? proof.rollback.reason : '';
        const script = inversion?.statements.join(';\n') ?? '';
        // What the rows of the seed refuse is not tried.
        const isFine =
          outcome === 'proved' ||
          outcome === 'irreversible' ||
          outcome === 'not-tried' ||
          pointsToNothing(inversion, reason) ||
          neverLetsGo(reason);
        if (!isFine) throw new Error(`${reason}\n${text}\n-- ${inversion?.class ?? ''}\n${script}`);
      }),
      RUNS,
    );
  };
  it('brings back the schema, and all rows but those that it names', property, 30_000 + RUNS.numRuns * 2_000);
});
