import { foldName } from 'd1-core/sql';
import type { Effect } from './effect.ts';

/** Where the rows of the tables that were there at the beginning are found after some statements. */
export interface TableTrace {
  /** The name now, by the name at the beginning; undefined where there is no such table any more. */
  readonly names: ReadonlyMap<string, string | undefined>;
  /** The tables that are there now, in small letters. */
  readonly present: ReadonlySet<string>;
}

export const beginTrace = (tables: readonly string[]): TableTrace => ({
  names: new Map(tables.map((name) => [name, name])),
  present: new Set(tables.map(foldName)),
});

/**
 * Follows tables through one statement. A table that is dropped and stands there again under its first name was
 * rebuilt, whatever the name was under which the new one was made.
 */
export function follow(trace: TableTrace, effect: Effect): TableTrace {
  switch (effect.kind) {
    case 'creates':
      return settle(trace.names, new Set([...trace.present, foldName(effect.table)]));
    case 'drops': {
      const gone = foldName(effect.table);
      return settle(
        rename(trace.names, gone, undefined),
        new Set([...trace.present].filter((name) => name !== gone)),
      );
    }
    case 'renames': {
      const from = foldName(effect.table);
      const others = [...trace.present].filter((name) => name !== from);
      return settle(rename(trace.names, from, effect.to), new Set([...others, foldName(effect.to)]));
    }
    default:
      return trace;
  }
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

/** What has no name any more is found again under its first one. */
function settle(names: TableTrace['names'], present: ReadonlySet<string>): TableTrace {
  return {
    names: new Map(
      [...names].map(([first, now]) => [first, now ?? (present.has(foldName(first)) ? first : undefined)]),
    ),
    present,
  };
}

/** The first name of a table that is called so now. */
export function firstName({ names }: TableTrace, name: string): string {
  const found = [...names].find(([, now]) => now !== undefined && foldName(now) === foldName(name));
  return found?.[0] ?? name;
}
