import { createObjects, objectEntries, openMemoryDatabase, type Schema } from 'd1-core/schema';
import type { MigrationStep } from '../replay/index.ts';
import { usesOf, type BrokenObject } from './check-objects.ts';

export interface Culprit {
  readonly step: MigrationStep;
  /** Of the statement, from 1; undefined where it is not known. */
  readonly line: number | undefined;
}

/** The migration, and its statement, behind which an object of the last schema began to be broken. */
export async function findCulprit(
  steps: readonly MigrationStep[],
  object: BrokenObject,
): Promise<Culprit | undefined> {
  const step = await firstBroken(steps, object);
  if (step === undefined) return undefined;
  const statement = await firstBroken(step.statements, object);
  return { step, line: statement?.line };
}

/** The first of the states that end the list and are all broken. */
async function firstBroken<State extends { readonly after: Schema }>(
  states: readonly State[],
  object: BrokenObject,
): Promise<State | undefined> {
  let first: State | undefined;
  for (const state of states.toReversed()) {
    if (!(await isBroken(state.after, object))) break;
    first = state;
  }
  return first;
}

async function isBroken(schema: Schema, { kind, name }: BrokenObject): Promise<boolean> {
  const object = schema[kind](name);
  if (object === undefined) return false;
  const target =
    object.kind === 'trigger' ? (schema.table(object.table) ?? schema.view(object.table)) : object;
  if (target === undefined) return false;
  const database = await openMemoryDatabase();
  try {
    createObjects(
      database,
      objectEntries(schema).filter((entry) => entry.type !== 'trigger' || entry.name === name),
    );
    return usesOf(schema, target).some((sql) => {
      try {
        database.exec(sql);
        return false;
      } catch {
        return true;
      }
    });
  } catch {
    return false;
  } finally {
    database.close();
  }
}
