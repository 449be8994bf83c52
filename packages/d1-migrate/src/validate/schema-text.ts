import type { Schema, SchemaObject } from 'd1-core/schema';
import { comment } from 'd1-core/sql';

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
