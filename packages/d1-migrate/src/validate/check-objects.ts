import { mentionedNames } from 'd1-core/loss';
import type { Engine } from 'd1-core/database';
import {
  createObjects,
  objectEntries,
  openMemoryDatabase,
  type Schema,
  type SchemaObject,
} from 'd1-core/schema';
import { foldName, identifier, identifiers, type Tokenize } from 'd1-core/sql';
import { ABORT, errorOf, isAborted } from '../explain/index.ts';
import type { MigrationStep } from '../replay/index.ts';

export interface BrokenObject {
  readonly kind: 'table' | 'view' | 'trigger';
  readonly name: string;
  readonly reason: string;
}

/**
 * The views that cannot be read, and the tables and views that cannot be written, because of themselves or of a trigger. What
 * only uses a broken object is not named beside it.
 */
export async function findBrokenObjects(
  engine: Engine,
  binding: string,
  schema: Schema,
  tokenize: Tokenize,
): Promise<readonly BrokenObject[]> {
  const objects = schema.objects();
  const uses = objects.flatMap((object) => usesOf(schema, object).map((sql) => ({ object, sql })));
  // One call for all: nearly always none fails.
  if ((await fault(uses.map(({ sql }) => sql))) === undefined) return [];
  const broken: BrokenObject[] = [];
  for (const { object, sql } of uses) {
    if (isKnown(object.name)) continue;
    const reason = await fault([sql]);
    if (reason === undefined || isNoFault(reason)) continue;
    broken.push(...(await causesOf(object, sql, reason)));
  }
  return broken.filter(({ reason, ...one }, index) => !isConsequence(one, reason, index));

  function isKnown(name: string): boolean {
    return broken.some((one) => one.kind !== 'trigger' && one.name === name);
  }

  /** A statement reports what it meets first: without its triggers the object itself, and with one of them that one. */
  async function causesOf(
    object: SchemaObject,
    sql: string,
    reason: string,
  ): Promise<readonly BrokenObject[]> {
    const itself = await faultWithout(schemaTriggers(), sql);
    if (itself !== undefined && !isNoFault(itself))
      return object.kind === 'view' || object.kind === 'table'
        ? [{ kind: object.kind, name: object.name, reason: itself }]
        : [];
    const own = schema.triggersOf(object.name).map(({ name }) => name);
    const found: BrokenObject[] = [];
    for (const name of own) {
      if (broken.some((one) => one.kind === 'trigger' && one.name === name)) return [];
      const others = schemaTriggers().filter((other) => other !== name);
      const because = await faultWithout(others, sql);
      if (because !== undefined && !isNoFault(because))
        found.push({ kind: 'trigger', name, reason: because });
    }
    const isNested = found.length === 0 && object.kind === 'table';
    return isNested ? [{ kind: 'table', name: object.name, reason }] : found;
  }

  function schemaTriggers(): readonly string[] {
    return objects.filter(({ kind }) => kind === 'trigger').map(({ name }) => name);
  }

  function isConsequence(
    { kind, name }: Omit<BrokenObject, 'reason'>,
    reason: string,
    index: number,
  ): boolean {
    if (broken.slice(0, index).some((one) => one.kind === kind && one.reason === reason && kind === 'table'))
      return true;
    if (kind === 'table') return false;
    const sql = (kind === 'view' ? schema.view(name) : schema.trigger(name))?.sql ?? '';
    const names = mentionedNames([sql], tokenize);
    const target = foldName(schema.trigger(name)?.table ?? '');
    return broken.some(
      (one) =>
        one.kind !== 'trigger' &&
        one.name !== name &&
        foldName(one.name) !== target &&
        names.has(foldName(one.name)),
    );
  }

  /** What the engine says against statements that change nothing. */
  async function fault(statements: readonly string[]): Promise<string | undefined> {
    return (await errorOf((some) => engine.batch(binding, some), statements))?.message;
  }

  async function faultWithout(triggers: readonly string[], sql: string): Promise<string | undefined> {
    const dropped = triggers.map((name) => `DROP TRIGGER ${identifier(name)}`);
    const reason = await fault([...dropped, sql, ABORT]);
    return reason === undefined || isAborted(reason) ? undefined : reason;
  }
}

/** Statements that compile with all that they fire, and reach no row. */
function usesOf(schema: Schema, object: SchemaObject): readonly string[] {
  const name = identifier(object.name);
  if (object.kind === 'view') {
    const read = `SELECT 1 FROM ${name} LIMIT 0`;
    const isWritten = schema.triggersOf(object.name).length > 0;
    return isWritten
      ? [read, `INSERT INTO ${name} SELECT * FROM ${name} WHERE 0`, `DELETE FROM ${name} WHERE 0`]
      : [read];
  }
  if (object.kind !== 'table' || object.storage === 'shadow') return [];
  const columns = object.columns.filter(({ generated }) => generated === 'no').map((column) => column.name);
  if (columns.length === 0) return [];
  return [
    `INSERT INTO ${name} (${identifiers(columns)}) SELECT ${columns.map(() => 'NULL').join(', ')} WHERE 0`,
    `DELETE FROM ${name} WHERE 0`,
    ...(object.storage === 'virtual'
      ? []
      : [`UPDATE ${name} SET ${columns.map((column) => `${identifier(column)} = NULL`).join(', ')} WHERE 0`]),
  ];
}

/** A view that has INSTEAD OF triggers for some kinds of change alone. */
const isNoFault = (reason: string): boolean => /cannot modify .* because it is a view/.test(reason);

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
