import { startEngine } from 'd1-core/database';
import {
  rollbackScriptPath,
  provedClass,
  readRollbackScript,
  type MigrationFile,
  type RollbackClass,
  type Loss,
  type RollbackScript,
} from 'd1-core/migrations';
import { foldName, loadTokenizer, sameName, type Tokenize } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { replayMigrations, traceLineage, type MigrationStep } from '../replay/index.ts';
import { invert, uniqueLosses, type Inversion } from '../invert/index.ts';
import { mentionedNames, prove, type ScriptToProve, type StepProof } from '../prove/index.ts';
import { scriptText, withHeader } from './script-text.ts';

export interface MakeScriptsRequest {
  readonly wrangler: Wrangler;
  /** All migrations, in the order in which they run. */
  readonly files: readonly MigrationFile[];
  /** The migrations that are to get a script. */
  readonly isWanted: (file: MigrationFile) => boolean;
  /** Write a new script also where there is one. */
  readonly force: boolean;
}

/** What came of one wanted migration. */
export type MadeScript = { readonly name: string; readonly path: string } & (
  | {
      /** `proved`: a new script. `signed`: the script that was there, with a new header. */
      readonly outcome: 'proved' | 'signed' | 'irreversible';
      readonly class: RollbackClass;
      readonly text: string;
    }
  | { readonly outcome: 'current' }
  | { readonly outcome: 'not-proved'; readonly reason: string }
);

interface Work {
  readonly step: MigrationStep;
  /** The script that is there, and is to stay. */
  readonly written: RollbackScript | undefined;
  readonly inversion: Inversion;
}

/**
 * Makes the rollback scripts of migrations, and proves each on workerd with rows in every table. A script that somebody
 * wrote is proved by the same means, and gets a header that says what it does. Writes nothing.
 */
export async function makeScripts(request: MakeScriptsRequest): Promise<readonly MadeScript[]> {
  const [steps, tokenize] = await Promise.all([replayMigrations(request.files), loadTokenizer()]);
  const current: MadeScript[] = [];
  const works: Work[] = [];
  for (const step of steps.filter(({ file }) => request.isWanted(file))) {
    const script = readRollbackScript(step.file, tokenize);
    const isCurrent =
      script !== undefined && provedClass(script, step.checksum, request.wrangler.version) !== 'not-proved';
    const written = request.force ? undefined : script;
    if (isCurrent && !request.force)
      current.push({ name: step.file.name, path: rollbackScriptPath(step.file), outcome: 'current' });
    else works.push({ step, written, inversion: await invert(step, tokenize) });
  }
  if (works.length === 0) return current;

  const first = await proveWorks(request, steps, tokenize, works, asExact);
  const lossy = works.filter(
    (work) => work.written !== undefined && !isProved(first.get(work)) && work.inversion.losses.length > 0,
  );
  const second =
    lossy.length === 0
      ? new Map<Work, StepProof>()
      : await proveWorks(request, steps, tokenize, lossy, ({ inversion }) => inversion.losses);
  const made = works.map((work) => {
    const retried = second.get(work);
    return isProved(retried)
      ? conclude(request, work, retried, work.inversion.losses, tokenize)
      : conclude(request, work, first.get(work), [], tokenize);
  });
  return [...current, ...made];
}

const isProved = (proof: StepProof | undefined): boolean => proof?.rollback.outcome === 'proved';

/** A hand-written script may bring back more than can be known from the migration. Which rows were there, no script knows. */
const asExact = ({ written, inversion }: Work): readonly Loss[] =>
  written === undefined ? inversion.losses : [];

/** Takes a database through all migrations up to the last of these, with their scripts. */
async function proveWorks(
  { wrangler }: MakeScriptsRequest,
  steps: readonly MigrationStep[],
  tokenize: Tokenize,
  works: readonly Work[],
  lossesOf: (work: Work) => readonly Loss[],
): Promise<ReadonlyMap<Work, StepProof>> {
  const byStep = new Map(works.map((work) => [work.step, work]));
  const last = Math.max(...works.map(({ step }) => steps.indexOf(step)));
  const proofs = new Map<Work, StepProof>();
  const engine = await startEngine({ wrangler, databases: { SEEDED: 'seeded' } });
  try {
    const scriptOf = (step: MigrationStep): Promise<ScriptToProve | undefined> => {
      const work = byStep.get(step);
      return Promise.resolve(work && toProve(work, lossesOf(work)));
    };
    const walk = prove({ engine, binding: 'SEEDED', tokenize, steps: steps.slice(0, last + 1), scriptOf });
    for await (const proof of walk) {
      const work = byStep.get(proof.step);
      if (work !== undefined) proofs.set(work, proof);
    }
  } finally {
    await engine.dispose();
  }
  return proofs;
}

const toProve = ({ written, inversion }: Work, losses: readonly Loss[]): ScriptToProve =>
  written === undefined || written.statements.length === 0
    ? inversion
    : {
        class: losses.length > 0 ? 'schema-only' : 'exact',
        statements: written.statements,
        losses,
        kept: inversion.kept,
      };

/** What a script that somebody wrote does not bring back for certain, although its proof has found nothing wrong. */
function unseenLosses(
  { step, written, inversion }: Work,
  { changed }: StepProof,
  tokenize: Tokenize,
): readonly Loss[] {
  const isChanged = (table: string) => changed.some((name) => sameName(name, table));
  const touched = mentionedNames(written?.statements ?? [], tokenize);
  const uncertain = traceLineage(step.before, step.statements, tokenize)
    .changes.flatMap(({ table }) => table ?? [])
    .filter((table) => !isChanged(table))
    .map((table) => ({ table, what: 'rows that the migration changes, as none did in its proof' }));
  const mistaken = inversion.kept
    .filter((table) => touched.has(foldName(table)))
    .map((table) => ({ table, what: 'rows like those that the migration adds where they are missing' }));
  return [...uncertain, ...mistaken].map((loss) => ({ ...loss, column: undefined }));
}

function conclude(
  { wrangler }: MakeScriptsRequest,
  { step, written, inversion }: Work,
  proof: StepProof | undefined,
  losses: readonly Loss[],
  tokenize: Tokenize,
): MadeScript {
  const { checksum, file } = step;
  const proved = { migration: file.name, checksum, wrangler: wrangler.version };
  const place = { name: file.name, path: rollbackScriptPath(file) };
  const isHandWritten = written !== undefined && written.statements.length > 0;
  const outcome = proof?.rollback.outcome;
  if (proof !== undefined && outcome === 'proved' && isHandWritten) {
    const { kept } = inversion;
    const all = uniqueLosses([...losses, ...unseenLosses({ step, written, inversion }, proof, tokenize)]);
    const kind = all.length > 0 || kept.length > 0 ? 'schema-only' : 'exact';
    const text = withHeader(written.text, { ...proved, class: kind, losses: all, kept }, tokenize);
    return { ...place, outcome: 'signed', class: kind, text };
  }
  if (outcome === 'proved' || outcome === 'irreversible') {
    const text = scriptText(inversion, proved, tokenize);
    return {
      ...place,
      outcome: outcome === 'proved' ? 'proved' : 'irreversible',
      class: inversion.class,
      text,
    };
  }
  const reason = whyNot(proof);
  if (isHandWritten || proof?.rollback.outcome !== 'failed')
    return { ...place, outcome: 'not-proved', reason };
  const what = `the way back that was found does not lead there: ${reason}`;
  const irreversible = {
    ...inversion,
    class: 'irreversible',
    reasons: [{ line: step.statements[0]?.line ?? 1, what }],
    losses: [],
  } as const;
  return {
    ...place,
    outcome: 'irreversible',
    class: 'irreversible',
    text: scriptText(irreversible, proved, tokenize),
  };
}

function whyNot(proof: StepProof | undefined): string {
  if (proof === undefined) return 'a migration before it fails';
  if (proof.rollback.outcome === 'failed') return proof.rollback.reason;
  if (proof.withRows.outcome === 'not-tried') return proof.withRows.reason;
  return proof.withRows.outcome === 'passed' ? 'it was not run' : proof.withRows.failure.message;
}
