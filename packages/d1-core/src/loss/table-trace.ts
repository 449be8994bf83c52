import { foldName } from '../sql/index.ts';
import type { AnalysedMigration, Effect } from './analyse.ts';

/** Where the rows of the tables that were there at the beginning are found after some statements. */
export interface TableTrace {
  /** The name now, by the name at the beginning; undefined where there is no such table any more. */
  readonly names: ReadonlyMap<string, string | undefined>;
  /** The name before the last DROP of those that are gone. */
  readonly lastNames: ReadonlyMap<string, string>;
  /** The tables that are there now, in small letters. */
  readonly present: ReadonlySet<string>;
  /** Of tables by their first name, the columns that were renamed: the name now, by the folded first one. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

export const beginTrace = (tables: readonly string[]): TableTrace => ({
  names: new Map(tables.map((name) => [name, name])),
  lastNames: new Map(),
  present: new Set(tables.map(foldName)),
  columns: new Map(),
});

/**
 * Follows tables through one statement. A table that is dropped and stands there again under the name that it had then, or
 * at the beginning, was rebuilt, whatever the name was under which the new one was made.
 */
export function follow(trace: TableTrace, effect: Effect): TableTrace {
  const { names, lastNames, present } = trace;
  switch (effect.kind) {
    case 'creates':
      return settle({ ...trace, present: new Set([...present, foldName(effect.table)]) });
    case 'drops': {
      const gone = foldName(effect.table);
      const dropped = [...names].filter(([, now]) => now !== undefined && foldName(now) === gone);
      return settle({
        ...trace,
        names: rename(names, gone, undefined),
        lastNames: new Map([...lastNames, ...dropped.map(([first]) => [first, effect.table] as const)]),
        present: new Set([...present].filter((name) => name !== gone)),
      });
    }
    case 'renames': {
      const from = foldName(effect.table);
      const others = [...present].filter((name) => name !== from);
      return settle({
        ...trace,
        names: rename(names, from, effect.to),
        present: new Set([...others, foldName(effect.to)]),
      });
    }
    case 'alters':
      return effect.renamed === undefined ? trace : renameColumn(trace, effect.table, effect.renamed);
    default:
      return trace;
  }
}

function renameColumn(
  trace: TableTrace,
  table: string,
  { from, to }: { readonly from: string; readonly to: string },
): TableTrace {
  const first = firstName(trace, table);
  const known = trace.columns.get(first) ?? new Map<string, string>();
  const origin = [...known].find(([, now]) => foldName(now) === foldName(from))?.[0] ?? foldName(from);
  return { ...trace, columns: new Map([...trace.columns, [first, new Map([...known, [origin, to]])]]) };
}

function rename(
  names: TableTrace['names'],
  from: string,
  to: string | undefined,
): ReadonlyMap<string, string | undefined> {
  return new Map(
    [...names].map(([first, now]) => [first, now !== undefined && foldName(now) === from ? to : now]),
  );
}

/** What has no name any more is found again under an earlier one, unless that is another table of the beginning now. */
function settle(trace: TableTrace): TableTrace {
  const { names, lastNames, present } = trace;
  const taken = new Set([...names.values()].map((now) => now && foldName(now)));
  const found = (first: string) =>
    [lastNames.get(first), first].find(
      (name) => name !== undefined && present.has(foldName(name)) && !taken.has(foldName(name)),
    );
  return { ...trace, names: new Map([...names].map(([first, now]) => [first, now ?? found(first)])) };
}

/** The first name of a table that is called so now. */
export function firstName({ names }: TableTrace, name: string): string {
  const found = [...names].find(([, now]) => now !== undefined && foldName(now) === foldName(name));
  return found?.[0] ?? name;
}

/** Where the tables of before are found after migrations. */
export const traceAfter = (before: TableTrace, migrations: readonly AnalysedMigration[]): TableTrace =>
  migrations
    .flatMap(({ statements }) => statements)
    .reduce((trace, { effect }) => follow(trace, effect), before);
