import type { Engine } from 'd1-core/database';
import type { Schema } from 'd1-core/schema';
import { identifier } from 'd1-core/sql';

export interface BrokenObject {
  readonly kind: 'view' | 'trigger';
  readonly name: string;
  readonly reason: string;
}

/** The views that cannot be read, and the triggers whose table cannot be written because of them. */
export async function findBrokenObjects(
  engine: Engine,
  binding: string,
  schema: Schema,
): Promise<readonly BrokenObject[]> {
  const broken: BrokenObject[] = [];
  for (const object of schema.objects()) {
    if (object.kind !== 'view' && object.kind !== 'trigger') continue;
    const { kind, name } = object;
    for (const sql of kind === 'view' ? [readView(name)] : writes(schema, object.table)) {
      const reason = await engine.batch(binding, [sql]).then(
        () => undefined,
        (error: unknown) => (error instanceof Error ? error.message : String(error)),
      );
      if (reason !== undefined && !isNoFault(reason)) broken.push({ kind, name, reason });
    }
  }
  return broken;
}

const readView = (name: string): string => `SELECT 1 FROM ${identifier(name)} LIMIT 0`;

/** EXPLAIN compiles a statement with the triggers that it fires, and runs nothing. */
function writes(schema: Schema, table: string): readonly string[] {
  const name = identifier(table);
  const column = (schema.table(table)?.columns ?? []).find(({ generated }) => generated === 'no')?.name;
  return [
    `EXPLAIN INSERT INTO ${name} DEFAULT VALUES`,
    `EXPLAIN DELETE FROM ${name}`,
    ...(column === undefined ? [] : [`EXPLAIN UPDATE ${name} SET ${identifier(column)} = NULL`]),
  ];
}

/** A view that has INSTEAD OF triggers for some kinds of change alone. */
const isNoFault = (reason: string): boolean => /cannot modify .* because it is a view/.test(reason);
