import { METADATA_TABLE } from 'd1-core/records';
import { foldName, quoteIdentifier } from 'd1-core/sql';
import { inForeignKeyOrder, type Catalog } from '../database/index.ts';

/**
 * The statements that take everything out of a database but its environment's name and its lock. They belong in one
 * transaction with deferred foreign keys: children go before their parents, and a cycle is whole only at the end.
 */
export function dropStatements({ objects, tables, virtualTables }: Catalog): readonly string[] {
  const drop = (type: string, names: readonly string[]) =>
    names.map((name) => `DROP ${type} ${quoteIdentifier(name)}`);
  const namesOf = (type: string) => objects.filter((object) => object.type === type).map(({ name }) => name);
  // What only shows another virtual table goes before that one.
  const virtual = virtualTables.toSorted(
    (a, b) => Number(b.content === 'none') - Number(a.content === 'none'),
  );
  const ordinary = inForeignKeyOrder(tables)
    .map(({ name }) => name)
    .filter((name) => foldName(name) !== METADATA_TABLE)
    .toReversed();
  return [
    ...drop('TRIGGER', namesOf('trigger')),
    ...drop('VIEW', namesOf('view')),
    ...drop(
      'TABLE',
      virtual.map(({ name }) => name),
    ),
    ...drop('TABLE', ordinary),
  ];
}
