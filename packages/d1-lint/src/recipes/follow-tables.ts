import type { Table } from 'd1-core/schema';
import { foldName, type Name } from 'd1-core/sql';
import type { LintStatement, RuleContext } from '../engine/rule.ts';
import { createdTable, droppedTable, renamedTable, writtenTable } from './statement-parts.ts';

/** One table through all the names that a file gives it. */
export interface FollowedTable {
  /** As it was before the file; undefined where the file creates it. */
  readonly existing: Table | undefined;
  /** The statement that creates it, and the name it has there. */
  readonly created: { readonly by: LintStatement; readonly name: Name } | undefined;
  /** All its names, in the order in which it has them: the one before the file, or of CREATE TABLE, comes first. */
  readonly names: readonly string[];
  /** Every ALTER TABLE … RENAME TO: the first gives it the second of its names. */
  readonly renamed: readonly LintStatement[];
  readonly dropped: { readonly by: LintStatement; readonly name: Name } | undefined;
}

export interface FollowedTables {
  /** What a name means to a statement. */
  at(statement: LintStatement, name: string): FollowedTable | undefined;
  /** What a name means after the file. */
  atEnd(name: string): FollowedTable | undefined;
  /** All that the file creates, drops or renames. */
  readonly touched: readonly FollowedTable[];
}

interface Followed {
  existing: Table | undefined;
  created: FollowedTable['created'];
  names: string[];
  renamed: LintStatement[];
  dropped: FollowedTable['dropped'];
}

type Names = ReadonlyMap<string, Followed | undefined>;

const known = new WeakMap<readonly LintStatement[], FollowedTables>();

/** Follows what the statements mean to do, also where one of them fails. */
export function followTables(context: Pick<RuleContext, 'statements' | 'before'>): FollowedTables {
  const followed = known.get(context.statements) ?? follow(context);
  known.set(context.statements, followed);
  return followed;
}

function follow({ statements, before }: Pick<RuleContext, 'statements' | 'before'>): FollowedTables {
  const existing = new Map<string, Followed>();
  const touched = new Set<Followed>();
  const states: Names[] = [];
  let names: Names = new Map();

  const find = (state: Names, name: string): Followed | undefined => {
    const key = foldName(name);
    if (state.has(key)) return state.get(key);
    const table = before.table(name);
    if (table === undefined) return undefined;
    const found = existing.get(key) ?? {
      existing: table,
      created: undefined,
      names: [table.name],
      renamed: [],
      dropped: undefined,
    };
    existing.set(key, found);
    return found;
  };
  const set = (...changes: readonly (readonly [string, Followed | undefined])[]) => {
    names = new Map([...names, ...changes.map(([name, table]) => [foldName(name), table] as const)]);
  };

  for (const statement of statements) {
    states.push(names);
    const creates = createdTable(statement);
    const drops = droppedTable(statement);
    const renames = renamedTable(statement);
    if (creates !== undefined && find(names, creates.text) === undefined) {
      const table = {
        existing: undefined,
        created: { by: statement, name: creates },
        names: [creates.text],
        renamed: [],
        dropped: undefined,
      };
      touched.add(table);
      set([creates.text, table]);
    } else if (drops !== undefined) {
      const table = find(names, drops.text);
      if (table === undefined) continue;
      table.dropped = { by: statement, name: drops };
      touched.add(table);
      set([drops.text, undefined]);
    } else if (renames !== undefined) {
      const table = find(names, renames.from.text);
      if (table === undefined) continue;
      table.renamed.push(statement);
      table.names.push(renames.to.text);
      touched.add(table);
      set([renames.from.text, undefined], [renames.to.text, table]);
    }
  }
  return {
    at: ({ index }, name) => find(states[index] ?? names, name),
    atEnd: (name) => find(names, name),
    touched: [...touched],
  };
}

/** The table into which an INSERT or a CREATE TABLE … AS puts rows. */
export function filledTable(statement: LintStatement, tables: FollowedTables): FollowedTable | undefined {
  const name = writtenTable(statement);
  return name === undefined
    ? tables.touched.find(({ created }) => created?.by === statement)
    : tables.at(statement, name.text);
}
