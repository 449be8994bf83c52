import { readFile } from 'node:fs/promises';
import { D1Error, isObject } from 'd1-core/errors';
import { ROLLBACK_CLASSES } from 'd1-core/migrations';
import { hashOf } from 'd1-core/audit';
import { readPass, type Pass } from './pass.ts';
import {
  PLAN_VERSION,
  type PlannedMigration,
  type PlannedRollback,
  type PlannedState,
} from './planned-state.ts';

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
  const { schema, problems } = value;
  return {
    file,
    hash,
    time: text(value['time']),
    ready: value['ready'] === true,
    problems: list(problems).map((problem) => text(field(problem, 'message'))),
    state: {
      environment: text(value['environment']),
      database: {
        binding: text(field(value['database'], 'binding')),
        name: optional(field(value['database'], 'name')),
        id: optional(field(value['database'], 'id')),
      },
      wranglerVersion: text(value['wranglerVersion']),
      pluginVersion: text(value['pluginVersion']),
      applied: list(value['applied']).map(text),
      migrations: list(value['migrations']).map(plannedMigration),
      schema: text(field(schema, 'before')),
    },
    schemaAfter: optional(field(schema, 'after')),
    data: readPass(value['data']),
  };
}

async function readObject(file: string): Promise<Readonly<Record<string, unknown>>> {
  const content = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new D1Error({
      code: 'no-plan',
      message: `The plan ${file} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'Make one with the target "plan"; --plan names its file, relative to the workspace root.',
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
  throw notAPlan(file, 'it is no JSON object');
}

const notAPlan = (file: string, reason: string): D1Error =>
  new D1Error({
    code: 'not-a-plan',
    message: `${file} is no plan of d1-migrate: ${reason}.`,
    fix: 'Make one with the target "plan", and give its .json file.',
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });

const edited = (file: string): D1Error =>
  new D1Error({
    code: 'plan-edited',
    message: `The plan ${file} is not as it was written: its hash does not fit.`,
    fix: 'Make a new one with the target "plan", and have it approved.',
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });

const plannedMigration = (value: unknown): PlannedMigration => ({
  name: text(field(value, 'name')),
  raw: text(field(value, 'raw')),
  tokens: text(field(value, 'tokens')),
  rollback: plannedRollback(field(value, 'rollback')),
});

const CLASSES = [...ROLLBACK_CLASSES, 'none', 'not-proved'] as const;

const plannedRollback = (value: unknown): PlannedRollback => ({
  class: CLASSES.find((one) => one === field(value, 'class')) ?? 'not-proved',
  loses: list(field(value, 'loses')).map(text),
  checksum: optional(field(value, 'checksum')),
});

const field = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);
const list = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);
const text = (value: unknown): string => (typeof value === 'string' ? value : '');
const optional = (value: unknown): string | null => (typeof value === 'string' ? value : null);
