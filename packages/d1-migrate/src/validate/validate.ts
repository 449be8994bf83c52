import { commandLine } from 'd1-core/door';
import { type Engine, startEngine } from 'd1-core/database';
import {
  type MigrationFile,
  provedClass,
  readRollbackScript,
  type RollbackClass,
  type RollbackScript,
} from 'd1-core/migrations';
import { bringUpToDate } from 'd1-core/node';
import type { Schema, SchemaObject } from 'd1-core/schema';
import type { Refusal } from 'd1-core/seed';
import { comment, foldName, loadTokenizer, type Tokenize } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { firstFailure } from '../explain/index.ts';
import { prove, type StepProof } from '../prove/index.ts';
import { type MigrationStep, replayMigrations, traceLineage } from '../replay/index.ts';
import { type BrokenObject, type Culprit, findBrokenObjects, findCulprit } from './check-objects.ts';
import { type Problem, proofProblems, scriptProblems, textProblems } from './problems.ts';

export interface ValidateRequest {
  readonly wrangler: Wrangler;
  /** In the order in which they run. */
  readonly files: readonly MigrationFile[];
  /** Where the resulting schema is kept. */
  readonly schemaFile: string;
  /** Write that file. Without it, it is compared where it is there. */
  readonly write: boolean;
}

/** What is known of one migration after the run. */
export interface ValidatedMigration {
  readonly name: string;
  /** Of its rollback script, where there is one that can be used. */
  readonly rollback: RollbackClass | 'none' | 'not-proved';
}

export interface ValidateResult {
  readonly migrations: readonly ValidatedMigration[];
  readonly problems: readonly Problem[];
  /** What could not be looked at, in words. */
  readonly unchecked: readonly string[];
  readonly schema: 'current' | 'written' | 'stale' | 'none';
  readonly durationMs: number;
}

/** The two databases of a run: both in one workerd. */
const EMPTY = 'EMPTY';
const SEEDED = 'SEEDED';

/**
 * Runs all migrations on two throw-away databases: one as it is made, and one that has rows in every table; there every
 * rollback script is run too. Touches no database of the user.
 */
export async function validate(request: ValidateRequest): Promise<ValidateResult> {
  const started = performance.now();
  const { files, wrangler } = request;
  const starting = startEngine({ wrangler, databases: { [EMPTY]: 'empty', [SEEDED]: 'seeded' } });
  try {
    const [steps, tokenize, engine] = await Promise.all([replayMigrations(files), loadTokenizer(), starting]);
    const scripts = new Map(
      steps.map(({ file }) => [file.name, readRollbackScript(file, tokenize)] as const),
    );
    const [fromEmpty, allProofs] = await Promise.all([
      applyFromEmpty(engine, EMPTY, steps),
      proveAll(engine, tokenize, steps, scripts),
    ]);
    // After a migration that fails on an empty database nothing is of interest.
    const usable = steps.slice(0, fromEmpty.applied);
    const proofs = allProofs.slice(0, fromEmpty.applied);
    const last = usable.at(-1);
    const broken = await brokenObjects(engine, usable, tokenize);
    const refusing = await refusingTables(proofs, broken);
    const problems = [
      ...steps.flatMap((step) => textProblems(step, tokenize)),
      ...broken.map(brokenProblem),
      ...refusing.map(refusalProblem),
      ...fromEmpty.problems.map((problem) => withCause(problem, broken)),
      ...steps.flatMap((step) => scriptProblems(step, scripts.get(step.file.name), wrangler.version)),
      ...proofs.flatMap((proof) => proofProblems(proof, scripts.get(proof.step.file.name))),
    ];
    const schema = fromEmpty.problems.length > 0 ? 'none' : await checkSchemaFile(request, last);
    return {
      migrations: steps.map((step) => verdict(step, proofs, scripts.get(step.file.name), wrangler.version)),
      problems: schema === 'stale' ? [...problems, staleSchema(request)] : problems,
      unchecked: uncheckedParts(proofs, broken, refusing),
      schema,
      durationMs: performance.now() - started,
    };
  } finally {
    await starting.then(({ dispose }) => dispose());
  }
}

async function proveAll(
  engine: Engine,
  tokenize: Tokenize,
  steps: readonly MigrationStep[],
  scripts: ReadonlyMap<string, RollbackScript | undefined>,
): Promise<readonly StepProof[]> {
  const proofs: StepProof[] = [];
  const scriptOf = (step: MigrationStep) =>
    Promise.resolve(scriptToProve(step, scripts.get(step.file.name), tokenize));
  const walk = prove({ engine, binding: SEEDED, tokenize, steps, scriptOf });
  for await (const proof of walk) proofs.push(proof);
  return proofs;
}

/** A script without a header is run too: what it does is of interest before somebody signs it. */
function scriptToProve(
  { checksum, before, statements: up }: MigrationStep,
  script: RollbackScript | undefined,
  tokenize: Tokenize,
) {
  if (script === undefined || (script.undoes !== undefined && script.undoes.checksum !== checksum))
    return undefined;
  const { class: kind = 'exact', statements, losses, proof } = script;
  // Only a script that was proved says in which tables rows stay.
  const kept = proof === undefined ? traceLineage(before, up, tokenize).kept : script.kept;
  return { class: kind, statements, losses, kept };
}

function verdict(
  step: MigrationStep,
  proofs: readonly StepProof[],
  script: RollbackScript | undefined,
  wrangler: string,
): ValidatedMigration {
  const { name } = step.file;
  if (script === undefined) return { name, rollback: 'none' };
  const outcome = proofs.find((proof) => proof.step === step)?.rollback.outcome;
  const isUsable = outcome === 'proved' || outcome === 'irreversible';
  return { name, rollback: isUsable ? provedClass(script, step.checksum, wrangler) : 'not-proved' };
}

/** What cannot be used in the schema that the migrations give, as a problem of the migration that made it so. */
async function brokenObjects(
  engine: Engine,
  steps: readonly MigrationStep[],
  tokenize: Tokenize,
): Promise<readonly Broken[]> {
  const last = steps.at(-1);
  if (last === undefined) return [];
  const broken = await findBrokenObjects(engine, EMPTY, last.after, tokenize);
  return Promise.all(
    broken.map(async (object) => ({
      object,
      culprit: (await findCulprit(steps, object)) ?? { step: last, line: undefined },
    })),
  );
}

interface Refusing extends Refusal {
  /** The migration after which the table began to refuse. */
  readonly step: MigrationStep;
}

/** The tables that take no row any more after the last migration, beside those that are broken as they stand. */
async function refusingTables(
  proofs: readonly StepProof[],
  broken: readonly Broken[],
): Promise<readonly Refusing[]> {
  const last = proofs.at(-1);
  const refusals = (await last?.findRefusals()) ?? [];
  const known = new Set(broken.map(({ object }) => foldName(object.name)));
  const unknown = refusals.filter(
    ({ table, reason }) =>
      !known.has(foldName(table)) && !broken.some(({ object }) => reason.includes(object.reason)),
  );
  const begun = new Map(unknown.map((refusal) => [refusal.table, { ...refusal, step: last?.step }]));
  let open = new Set(begun.keys());
  for (const proof of proofs.slice(0, -1).toReversed()) {
    if (open.size === 0) break;
    const refused = new Set((await proof.findRefusals()).map(({ table }) => table));
    open = new Set([...open].filter((table) => refused.has(table)));
    for (const table of open) {
      const refusal = begun.get(table);
      if (refusal !== undefined) begun.set(table, { ...refusal, step: proof.step });
    }
  }
  return [...begun.values()].flatMap(({ step, ...refusal }) =>
    step === undefined ? [] : [{ ...refusal, step }],
  );
}

const refusalProblem = ({ table, reason, step }: Refusing): Problem => ({
  severity: 'error',
  code: 'takes-no-row',
  message: `After it the table ${table} takes no row any more: ${reason}.`,
  fix: 'Correct what every row runs into. Where the migration is applied, do it in a new one.',
  file: step.file.path,
  line: undefined,
});

interface Broken {
  readonly object: BrokenObject;
  readonly culprit: Culprit;
}

const brokenProblem = ({ object: { kind, name, reason }, culprit }: Broken): Problem => ({
  severity: 'error',
  code: 'broken-object',
  message:
    kind === 'table'
      ? `After it the table ${name} cannot be written: ${reason}.`
      : `After it the ${kind} ${name} cannot be used: ${reason}.`,
  fix:
    kind === 'table'
      ? 'Correct the foreign key, or create what it references. Where the migration is applied, do it in a new one.'
      : 'Drop it, or create it again, in the migration that changes what it names. Where that is applied, do it in a new one.',
  file: culprit.step.file.path,
  line: culprit.line,
});

/** A later migration that only meets what an earlier one has broken. */
function withCause(problem: Problem, broken: readonly Broken[]): Problem {
  const cause = broken.find(({ object }) => problem.message.includes(object.reason));
  if (cause === undefined) return problem;
  const { name } = cause.culprit.step.file;
  return {
    ...problem,
    fix: `It comes from ${name}, which leaves the ${cause.object.kind} ${cause.object.name} broken: correct that one.`,
  };
}

async function checkSchemaFile(
  { schemaFile, write }: ValidateRequest,
  last: MigrationStep | undefined,
): Promise<ValidateResult['schema']> {
  if (last === undefined) return 'none';
  const outcome = await bringUpToDate(schemaFile, schemaText(last.after, last.file.name), write);
  return outcome === 'missing' ? 'none' : outcome;
}

const staleSchema = ({ schemaFile }: ValidateRequest): Problem => ({
  severity: 'error',
  code: 'schema-stale',
  message: 'The schema file is not what the migrations give.',
  fix: `Run "${commandLine('d1-migrate:validate', '--write')}", and commit the file.`,
  file: schemaFile,
  line: undefined,
});

function uncheckedParts(
  proofs: readonly StepProof[],
  broken: readonly Broken[],
  refusing: readonly Refusing[],
): readonly string[] {
  const isBroken = (reason: string) => broken.some(({ object }) => reason.includes(object.reason));
  // A table stays empty migration by migration: the first is where it begins.
  const unseeded = new Map<string, string>();
  for (const { step, unseeded: tables } of proofs) {
    for (const { table, reason } of tables) {
      if (isBroken(reason) || refusing.some((one) => one.table === table)) continue;
      const text = `no rows for ${table}, the migrations after it saw it empty (${reason})`;
      if (!unseeded.has(text)) unseeded.set(text, `${step.file.name}: ${text}`);
    }
  }
  const notTried = proofs.flatMap(({ step, withRows }) =>
    withRows.outcome === 'not-tried'
      ? [`${step.file.name}: not run on rows, because ${withRows.reason}`]
      : [],
  );
  return [...new Set([...unseeded.values(), ...notTried])];
}

interface FromEmpty {
  /** How many migrations ran, from the first. */
  readonly applied: number;
  readonly problems: readonly Problem[];
}

/** Migrations in one call. */
const PER_CALL = 20;

/** Applies the migrations to an empty database, each as one transaction, up to the first that fails. */
async function applyFromEmpty(
  engine: Engine,
  binding: string,
  steps: readonly MigrationStep[],
): Promise<FromEmpty> {
  const texts = steps.map(({ statements }) => statements.map(({ text }) => text));
  for (let from = 0; from < steps.length; from += PER_CALL) {
    const { committed, error } = await engine.transactions(binding, texts.slice(from, from + PER_CALL));
    const applied = from + committed.length;
    const failed = steps[applied];
    if (error === undefined || failed === undefined) continue;
    const at = await firstFailure((statements) => engine.batch(binding, statements), texts[applied] ?? []);
    const rest = steps.length - applied - 1;
    return {
      applied,
      problems: [
        {
          severity: 'error',
          code: 'fails-from-empty',
          message: `It fails on a database that has only the migrations before it: ${error.message}.${rest > 0 ? ` The ${rest} behind it were not run.` : ''}`,
          fix: `Correct it if it is applied nowhere yet; else "${commandLine('d1-migrate:adopt')}" makes a new start from the live schema.`,
          file: failed.file.path,
          line: at === undefined ? undefined : failed.statements[at.index]?.line,
        },
      ],
    };
  }
  return { applied: steps.length, problems: [] };
}

const ORDER: readonly SchemaObject['kind'][] = ['table', 'index', 'view', 'trigger'];

/** A schema as SQL, always the same for the same migrations: every object as the database keeps it. */
export function schemaText(schema: Schema, lastMigration: string | undefined): string {
  const objects = schema
    .objects()
    .filter((object) => object.kind !== 'table' || object.storage !== 'shadow')
    .filter(({ sql }) => sql !== undefined);
  const statements = ORDER.flatMap((kind) => objects.filter((object) => object.kind === kind)).map(
    ({ sql }) => `${sql};\n`,
  );
  return [
    '-- What the migrations give. Written by "validate --write": do not change it by hand.',
    comment(`Up to ${lastMigration ?? 'no migration'}.`),
    '',
    ...statements,
  ].join('\n');
}
