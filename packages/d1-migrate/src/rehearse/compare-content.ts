import { foldName } from 'd1-core/sql';
import { beginTrace, firstName, follow, type AnalysedMigration } from '../loss/index.ts';
import type { TableContent } from './content.ts';

/** The rows of a table before and after; undefined where it was not there, or is not any more. */
export interface RowChange {
  /** Its name before; of a new one the name after. */
  readonly table: string;
  readonly before: number | undefined;
  readonly after: number | undefined;
}

export interface ContentComparison {
  /** All tables, by name. */
  readonly tables: readonly RowChange[];
  /** Tables whose content has changed, although no statement is about them: by foreign keys, or triggers. */
  readonly unaddressed: readonly string[];
}

/** Compares the content of all tables before and after migrations, those that were renamed too. */
export function compareContent(
  migrations: readonly AnalysedMigration[],
  before: ReadonlyMap<string, TableContent>,
  after: ReadonlyMap<string, TableContent>,
): ContentComparison {
  const addressed = new Set<string>();
  let trace = beginTrace([...before.keys()]);
  for (const { effect } of migrations.flatMap(({ statements }) => statements)) {
    if ('table' in effect && effect.kind !== 'renames')
      addressed.add(foldName(firstName(trace, effect.table)));
    trace = follow(trace, effect);
  }
  const found = new Map([...after].map(([name, content]) => [foldName(name), { name, content }]));
  const kept = new Set<string>();
  const old = [...before].map(([table, content]) => {
    const now = trace.names.get(table);
    const match = now === undefined ? undefined : found.get(foldName(now));
    if (match !== undefined) kept.add(match.name);
    return { table, before: content, after: match?.content };
  });
  const fresh = [...after]
    .filter(([name]) => !kept.has(name))
    .map(([table, content]) => ({ table, before: undefined, after: content }));
  return {
    tables: [...old, ...fresh]
      .map(({ table, ...contents }) => ({
        table,
        before: contents.before?.rows,
        after: contents.after?.rows,
      }))
      .sort((a, b) => (a.table < b.table ? -1 : 1)),
    unaddressed: old
      .filter((one) => !addressed.has(foldName(one.table)) && one.before.digest !== one.after?.digest)
      .map(({ table }) => table),
  };
}
