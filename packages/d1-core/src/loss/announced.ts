import { foldName } from '../sql/index.ts';
import type { AnalysedMigration } from './analyse.ts';
import { firstName, follow, type TableTrace } from './table-trace.ts';

/** The reasons that the directives of one file give, by the folded name of the table before the migrations. */
export interface Announced {
  /** For rows that go. */
  readonly rows: ReadonlyMap<string, string>;
  /** For values that give way to others, by the folded name of the column; `*` stands for all of a table. */
  readonly values: ReadonlyMap<string, ReadonlyMap<string, string>>;
}

/** Reads what a migration announces. `trace` is of the moment before it. */
export function announcedIn({ statements, directives }: AnalysedMigration, trace: TableTrace): Announced {
  const rows = new Map<string, string>();
  const values = new Map<string, Map<string, string>>();
  let now = trace;
  for (const [index, { effect }] of statements.entries()) {
    for (const directive of directives) {
      if (directive.statement !== index) continue;
      if (directive.name !== 'expect-rows-lost' && directive.name !== 'expect-values-changed') continue;
      const table = foldName(firstName(now, directive.table));
      if (directive.name === 'expect-rows-lost') {
        rows.set(table, directive.reason);
      } else {
        const columns = values.get(table) ?? new Map<string, string>();
        values.set(table, columns.set(foldName(directive.column ?? '*'), directive.reason));
      }
    }
    now = follow(now, effect);
  }
  return { rows, values };
}
