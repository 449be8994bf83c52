import { startEngine } from 'd1-core/database';
import { mentionedNames } from 'd1-core/loss';
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
import { prove, type ScriptToProve, type StepProof } from '../prove/index.ts';
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

  const proofs = await proveWorks(request, steps, tokenize, works);
  const made: MadeScript[] = [];
  for (const work of works) made.push(await conclude(request, work, proofs.get(work), tokenize));
  return [...current, ...made];
}

/** Takes a database through all migrations up to the last of these, with their scripts. */
async function proveWorks(
  { wrangler }: MakeScriptsRequest,
  steps: readonly MigrationStep[],
  tokenize: Tokenize,
  works: readonly Work[],
): Promise<ReadonlyMap<Work, StepProof>> {
  const byStep = new Map(works.map((work) => [work.step, work]));
  const last = Math.max(...works.map(({ step }) => steps.indexOf(step)));
  const proofs = new Map<Work, StepProof>();
  const engine = await startEngine({ wrangler, databases: { SEEDED: 'seeded' } });
  try {
    const scriptOf = (step: MigrationStep): Promise<ScriptToProve | undefined> => {
      const work = byStep.get(step);
      return Promise.resolve(work && toProve(work));
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

/** A hand-written script may bring back more than can be known from the migration. Which rows were there, no script knows. */
const toProve = ({ written, inversion }: Work): ScriptToProve =>
  isOwn(written) || written === undefined
    ? inversion
    : { class: 'exact', statements: written.statements, losses: [], kept: inversion.kept };

/**
 * What a script loses, by what was found out beforehand and by what its proof has seen; undefined where it is not proved.
 * One that somebody wrote may lose only what no script brings back.
 */
function provedLosses(
  { written, inversion }: Work,
  proof: StepProof | undefined,
): readonly Loss[] | undefined {
  if (proof?.rollback.outcome === 'proved') return isOwn(written) ? inversion.losses : [];
  const seen = proof?.rollback.outcome === 'failed' ? proof.rollback.undeclared : [];
  if (seen.length === 0) return undefined;
  if (isOwn(written)) return uniqueLosses([...inversion.losses, ...seen]);
  const isKnown = (loss: Loss) =>
    inversion.losses.some(
      ({ table, column }) => sameName(table, loss.table) && (column === undefined || column === loss.column),
    );
  return seen.every(isKnown) ? inversion.losses : undefined;
}

const isOwn = (written: RollbackScript | undefined): boolean =>
  written === undefined || written.statements.length === 0;

/** What a script that somebody wrote does not bring back for certain, although its proof has found nothing wrong. */
async function unseenLosses(
  { step, written, inversion }: Work,
  { findChanged }: StepProof,
  tokenize: Tokenize,
): Promise<readonly Loss[]> {
  const changed = await findChanged();
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

async function conclude(
  { wrangler }: MakeScriptsRequest,
  work: Work,
  proof: StepProof | undefined,
  tokenize: Tokenize,
): Promise<MadeScript> {
  const { step, written, inversion } = work;
  const { checksum, file } = step;
  const proved = { migration: file.name, checksum, wrangler: wrangler.version };
  const place = { name: file.name, path: rollbackScriptPath(file) };
  const isHandWritten = written !== undefined && !isOwn(written);
  const losses = provedLosses(work, proof);
  if (proof !== undefined && losses !== undefined && isHandWritten) {
    const { kept } = inversion;
    const all = uniqueLosses([...losses, ...(await unseenLosses(work, proof, tokenize))]);
    const kind = all.length > 0 || kept.length > 0 ? 'schema-only' : 'exact';
    const text = withHeader(written.text, { ...proved, class: kind, losses: all, kept }, tokenize);
    return { ...place, outcome: 'signed', class: kind, text };
  }
  if (losses !== undefined) {
    const kind = losses.length > 0 ? 'schema-only' : inversion.class;
    const text = scriptText({ ...inversion, class: kind, losses }, proved, tokenize);
    return { ...place, outcome: 'proved', class: kind, text };
  }
  if (proof?.rollback.outcome === 'irreversible') {
    const text = scriptText(inversion, proved, tokenize);
    return { ...place, outcome: 'irreversible', class: 'irreversible', text };
  }
  const reason = whyNot(proof);
  if (isHandWritten || proof?.rollback.outcome !== 'failed')
    return { ...place, outcome: 'not-proved', reason };
  const what = `the rollback that was generated does not restore the database: ${reason}`;
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
