import { foldName } from 'd1-core/sql';
import type { AnalysedMigration } from './analyse.ts';
import { firstName, follow, type TableTrace } from './table-trace.ts';

/** The reasons that the directives of one file give, by the folded name of the table before the migrations. */
export interface Announced {
  readonly rows: ReadonlyMap<string, string>;
  readonly content: ReadonlyMap<string, string>;
}

/** Reads what a migration announces. `trace` is of the moment before it. */
export function announcedIn({ statements, directives }: AnalysedMigration, trace: TableTrace): Announced {
  const rows = new Map<string, string>();
  const content = new Map<string, string>();
  let now = trace;
  for (const [index, { effect }] of statements.entries()) {
    for (const directive of directives) {
      if (directive.statement !== index) continue;
      if (directive.name !== 'expect-rows-lost' && directive.name !== 'expect-content-changed') continue;
      const reasons = directive.name === 'expect-rows-lost' ? rows : content;
      reasons.set(foldName(firstName(now, directive.table)), directive.reason);
    }
    now = follow(now, effect);
  }
  return { rows, content };
}
