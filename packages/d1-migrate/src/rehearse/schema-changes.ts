import { isSameSql, type Schema, type SchemaObject } from 'd1-core/schema';
import { foldName, type Tokenize } from 'd1-core/sql';

export interface SchemaChange {
  readonly change: 'added' | 'removed' | 'changed';
  readonly kind: SchemaObject['kind'];
  readonly name: string;
}

/** What differs between two schemas, object by object. */
export function schemaChanges(before: Schema, after: Schema, tokenize: Tokenize): readonly SchemaChange[] {
  const old = byName(before);
  const now = byName(after);
  const removed = [...old].filter(([key]) => !now.has(key)).map(([, object]) => changeOf('removed', object));
  const others = [...now].flatMap(([key, object]) => {
    const was = old.get(key);
    if (was === undefined) return [changeOf('added', object)];
    return isSameSql(was.sql ?? '', object.sql ?? '', tokenize, after) ? [] : [changeOf('changed', object)];
  });
  return [...removed, ...others];
}

const changeOf = (change: SchemaChange['change'], { kind, name }: SchemaObject): SchemaChange => ({
  change,
  kind,
  name,
});

/** Without what belongs to another object: the indexes of constraints, and what virtual tables are kept in. */
const byName = (schema: Schema): ReadonlyMap<string, SchemaObject> =>
  new Map(
    schema
      .objects()
      .filter(
        (object) => object.sql !== undefined && !(object.kind === 'table' && object.storage === 'shadow'),
      )
      .map((object) => [`${object.kind} ${foldName(object.name)}`, object]),
  );
