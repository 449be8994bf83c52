import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { hashOf } from 'd1-core/audit';
import { commandLine } from 'd1-core/door';
import { D1Error, isObject } from 'd1-core/errors';
import {
  KEPT_ROWS,
  provedClass,
  readRollbackScript,
  type MigrationFile,
  ROLLBACK_CLASSES,
} from 'd1-core/migrations';
import { fingerprint } from 'd1-core/schema';
import { described, fields, flag, list, oneOf, readShape, text, type Immutable } from 'd1-core/shape';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import * as v from 'valibot';
import { type Survey, surveySchema } from '../survey/index.ts';
import { passShape, type Pass } from './rehearsal.ts';

/** The version of the file's shape; it changes when a field changes its meaning or goes away. */
export const PLAN_VERSION = 1 as const;

/** The way back from one migration, as its rollback script says. */
const plannedRollback = fields({
  class: described(
    oneOf([...ROLLBACK_CLASSES, 'none', 'not-proved']),
    'none: there is no script. not-proved: it says nothing that can be relied on, or is for another text.',
  ),
  loses: described(list(text), 'What is not as before after it, in words.'),
  checksum: described(v.nullable(text), "SHA-256 of the script's text; null where there is none."),
});

const plannedMigration = fields({
  name: text,
  raw: described(text, "SHA-256 of the file's bytes."),
  tokens: described(text, 'SHA-256 of its tokens.'),
  rollback: plannedRollback,
  schema: v.optional(
    described(v.nullable(text), 'The fingerprint of the schema after it, in the rehearsal.'),
  ),
});

export type PlannedRollback = Immutable<v.InferOutput<typeof plannedRollback>>;
export type PlannedMigration = Immutable<v.InferOutput<typeof plannedMigration>>;

/** The file of a plan. */
export const planShape = fields({
  version: v.literal(PLAN_VERSION),
  hash: described(text, 'SHA-256 of all the rest.'),
  time: described(text, 'When it was made, UTC.'),
  ready: described(flag, 'Whether it may be applied.'),
  problems: described(list(fields({ code: text, message: text })), 'Why it may not.'),
  environment: text,
  database: fields({ binding: text, name: v.nullable(text), id: v.nullable(text) }),
  wranglerVersion: text,
  pluginVersion: text,
  applied: described(list(text), 'The names in the history, in its order.'),
  migrations: described(list(plannedMigration), 'What is pending, in the order in which it runs.'),
  schema: described(
    fields({
      before: text,
      after: v.nullable(text),
      changes: list(
        fields({
          change: oneOf(['added', 'removed', 'changed']),
          kind: oneOf(['table', 'index', 'view', 'trigger']),
          name: text,
        }),
      ),
    }),
    'Fingerprints of the schema, and what differs; after is null where the rehearsal failed.',
  ),
  data: described(v.nullable(passShape), 'What its rehearsal was made on; null where nothing was pending.'),
});

export type PlanFile = Immutable<v.InferOutput<typeof planShape>>;

/**
 * What a plan is of. When any of it is another, the plan does not hold any more: somebody has approved something else
 * than what would be done. `schema` is the fingerprint of the schema before.
 */
export type PlannedState = Pick<
  PlanFile,
  'environment' | 'database' | 'wranglerVersion' | 'pluginVersion' | 'applied' | 'migrations'
> & { readonly schema: string };

/** What a plan that is made now would be of. Asks the database nothing. */
export async function plannedState(
  survey: Survey,
  pending: readonly MigrationFile[],
  pluginVersion: string,
): Promise<PlannedState> {
  const { target, state, checksumsOf } = survey;
  const { environment, database, wrangler } = target;
  const [schema, tokenize] = await Promise.all([surveySchema(survey), loadTokenizer()]);
  return {
    environment: environment.name,
    database: {
      binding: database.binding,
      name: database.databaseName ?? null,
      id: database.databaseId ?? null,
    },
    wranglerVersion: wrangler.version,
    pluginVersion,
    applied: state.history.map(({ name }) => name),
    migrations: pending.map((file) => {
      const { raw, tokens } = checksumsOf(file.name);
      return { name: file.name, raw, tokens, rollback: rollbackOf(file, tokens, wrangler.version, tokenize) };
    }),
    schema: fingerprint(schema, tokenize),
  };
}

function rollbackOf(
  file: MigrationFile,
  checksum: string,
  wrangler: string,
  tokenize: Tokenize,
): PlannedRollback {
  const script = readRollbackScript(file, tokenize);
  if (script === undefined) return { class: 'none', loses: [], checksum: null };
  return {
    class: provedClass(script, checksum, wrangler),
    loses: [
      ...script.losses.map(
        ({ table, column, what }) => `${table}${column === undefined ? '' : `.${column}`}: ${what}`,
      ),
      ...script.kept.map((table) => `${table}: ${KEPT_ROWS} stay`),
    ],
    checksum: createHash('sha256').update(script.text).digest('hex'),
  };
}

/** How what is there now differs from what a plan was of, each in a sentence. None when the plan holds. */
export function planDifferences(plan: PlannedState, now: PlannedState): readonly string[] {
  return [
    ...historyDifferences(plan.applied, now.applied),
    ...migrationDifferences(plan, now),
    ...(plan.schema === now.schema
      ? []
      : ['The schema of the database is not the one that the plan was made on.']),
    ...versionDifference('wrangler', plan.wranglerVersion, now.wranglerVersion),
    ...versionDifference('d1-migrate', plan.pluginVersion, now.pluginVersion),
  ];
}

/** The plan from where the database stands: what was applied of it, in its order, is done. */
export function fromWhereItStands(plan: PlannedState, now: PlannedState): PlannedState {
  const done = now.applied.length - plan.applied.length;
  const last = plan.migrations[done - 1];
  const wanted = [...plan.applied, ...plan.migrations.slice(0, done).map(({ name }) => name)];
  if (last === undefined || typeof last.schema !== 'string' || !isSameList(wanted, now.applied)) return plan;
  return { ...plan, applied: wanted, migrations: plan.migrations.slice(done), schema: last.schema };
}

/** Whether exactly what a plan was to do has been done, and nothing else: a second run has nothing left to do. */
export function isDone(plan: PlannedState, now: PlannedState): boolean {
  const wanted = [...plan.applied, ...plan.migrations.map(({ name }) => name)];
  return plan.migrations.length > 0 && now.migrations.length === 0 && isSameList(wanted, now.applied);
}

function historyDifferences(then: readonly string[], now: readonly string[]): readonly string[] {
  return [
    ...without(now, then).map((name) => `${name} has been applied since the plan was made.`),
    ...without(then, now).map((name) => `${name} was applied when the plan was made, and is not any more.`),
    ...(isReordered(then, now) ? ['The history has another order than when the plan was made.'] : []),
  ];
}

function migrationDifferences(plan: PlannedState, now: PlannedState): readonly string[] {
  const planned = plan.migrations.map(({ name }) => name);
  const pending = now.migrations.map(({ name }) => name);
  const found = new Map(now.migrations.map((migration) => [migration.name, migration]));
  return [
    ...without(pending, planned).map((name) => `${name} is pending, and not in the plan.`),
    ...without(planned, [...pending, ...now.applied]).map(
      (name) => `${name} is in the plan, and its file is gone.`,
    ),
    ...plan.migrations.flatMap((then) => fileDifferences(then, found.get(then.name))),
    ...(isReordered(planned, pending) ? ['The migrations would run in another order than in the plan.'] : []),
  ];
}

function fileDifferences(then: PlannedMigration, now: PlannedMigration | undefined): readonly string[] {
  if (now === undefined) return [];
  const extent = then.tokens === now.tokens ? ', in comments or white space only' : '';
  return [
    ...(then.raw === now.raw ? [] : [`${now.name} has been changed since the plan was made${extent}.`]),
    ...(then.rollback.checksum === now.rollback.checksum
      ? []
      : [`The rollback script of ${now.name} is not the one of the plan.`]),
  ];
}

const versionDifference = (tool: string, then: string, now: string): readonly string[] =>
  then === now ? [] : [`The plan was made with ${tool} ${then}, and this is ${now}.`];

const without = (names: readonly string[], others: readonly string[]): readonly string[] =>
  names.filter((name) => !others.includes(name));

const isSameList = (one: readonly string[], other: readonly string[]): boolean =>
  one.length === other.length && one.every((name, index) => name === other[index]);

const isReordered = (one: readonly string[], other: readonly string[]): boolean =>
  !isSameList(one, other) && isSameList(one.toSorted(), other.toSorted());

/** What `migrate` needs of a plan. */
export interface ApprovedPlan {
  readonly file: string;
  /** The SHA-256 of its content: what the journal and the audit file name it by. */
  readonly hash: string;
  readonly time: string;
  readonly ready: boolean;
  /** Why it is not. */
  readonly problems: readonly string[];
  readonly state: PlannedState;
  readonly schemaAfter: string | null;
  /** What its rehearsal was made on; undefined where nothing was pending. */
  readonly data: Pass | undefined;
}

/** Reads a plan. Throws D1Error `no-plan`, `not-a-plan` or `plan-edited`. */
export async function readPlan(file: string): Promise<ApprovedPlan> {
  const value = await readObject(file);
  if (value['version'] !== PLAN_VERSION) {
    throw notAPlan(
      file,
      `its version is ${JSON.stringify(value['version'])}, and ${PLAN_VERSION} is known here`,
    );
  }
  const { hash, ...content } = value;
  if (typeof hash !== 'string') throw notAPlan(file, 'it has no hash');
  if (hash !== hashOf(content)) throw edited(file);
  const read = readShape(planShape, value);
  if ('problem' in read) throw notAPlan(file, read.problem);
  const { version, hash: _, schema, problems, data, time, ready, ...state } = read.value;
  return {
    file,
    hash,
    time,
    ready,
    problems: problems.map(({ message }) => message),
    state: { ...state, schema: schema.before },
    schemaAfter: schema.after,
    data: data ?? undefined,
  };
}

async function readObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new D1Error({
      code: 'no-plan',
      message: `The plan ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: `Make one with "${commandLine('d1-migrate:plan', '--output=<file>')}"; --plan names its file, relative to the workspace root.`,
      exitCode: 2,
      cause,
    });
  });
  try {
    const value: unknown = JSON.parse(content);
    if (isObject(value)) return value;
  } catch {
    // Said below, like everything else that is no plan.
  }
  throw notAPlan(file, 'it is not a JSON object');
}

const notAPlan = (file: string, reason: string): D1Error =>
  new D1Error({
    code: 'not-a-plan',
    message: `${file} is not a plan of d1-migrate: ${reason}.`,
    fix: `Make one with "${commandLine('d1-migrate:plan', '--output=<file>')}", and give its .json file.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });

const edited = (file: string): D1Error =>
  new D1Error({
    code: 'plan-edited',
    message: `The plan ${file} is not as it was written: its hash does not fit.`,
    fix: `Make a new one with "${commandLine('d1-migrate:plan', '--output=<file>')}", and have it approved.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
