import type { Schema } from 'd1-core/schema';
import { foldName } from 'd1-core/sql';
import type { AnalysedMigration } from './analyse.ts';
import type { Effect } from './effect.ts';
import { firstName, follow, type TableTrace } from './table-trace.ts';

/** Folded names of tables that may lose rows or values, each with the columns that foreign keys may empty. */
export type Reach = ReadonlyMap<string, ReadonlySet<string>>;

/** `deletes`: rows go. `writes`: rows come, or change. */
interface Step {
  readonly name: string;
  readonly does: 'deletes' | 'writes';
}

/**
 * The tables that statements of a migration may take something from: themselves, by foreign keys, by triggers.
 * `trace` is of the moment before it; `isWanted` chooses the statements.
 */
export function reachOf(
  schema: Schema,
  { statements }: AnalysedMigration,
  trace: TableTrace,
  isWanted: (effect: Effect) => boolean = () => true,
): Reach {
  const triggers = [
    ...schema.objects().flatMap((object) => (object.kind === 'trigger' ? [object] : [])),
    ...statements.flatMap(({ effect, text }) =>
      effect.kind === 'watches' ? [{ table: effect.table, sql: text }] : [],
    ),
  ].map(({ table, sql }) => ({ table: foldName(table), sql: foldName(sql) }));
  const relations = schema.objects().filter(({ kind }) => kind === 'table' || kind === 'view');
  const reach = new Map<string, Set<string>>();
  const columnsOf = (table: string): Set<string> => {
    const columns = reach.get(foldName(table)) ?? new Set<string>();
    if (schema.table(table) !== undefined) reach.set(foldName(table), columns);
    return columns;
  };

  function next({ name, does }: Step): readonly Step[] {
    const table = schema.table(name);
    if (does === 'deletes') columnsOf(name);
    const replaces = does === 'writes' && /\bon\s+conflict\s+replace\b/i.test(table?.sql ?? '');
    const byKeys = schema.referencesTo(name).flatMap(({ child, foreignKey }): readonly Step[] => {
      const action = does === 'deletes' ? foreignKey.onDelete : foreignKey.onUpdate;
      if (action === 'NO ACTION' || action === 'RESTRICT') return [];
      if (action === 'CASCADE') return [{ name: child.name, does }];
      const columns = columnsOf(child.name);
      for (const column of foreignKey.columns) columns.add(column);
      return [{ name: child.name, does: 'writes' }];
    });
    const byTriggers = triggers
      .filter((trigger) => trigger.table === foldName(name))
      .flatMap(({ sql }) => relations.filter((relation) => sql.includes(foldName(relation.name))))
      .map((relation): Step => ({ name: relation.name, does: 'deletes' }));
    return [...(replaces ? [{ name, does: 'deletes' } as const] : []), ...byKeys, ...byTriggers];
  }

  const open = firstSteps(statements, trace, isWanted);
  const seen = new Set<string>();
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    const key = `${step.does} ${foldName(step.name)}`;
    if (seen.has(key)) continue;
    seen.add(key);
    open.push(...next(step));
  }
  return reach;
}

function firstSteps(
  statements: AnalysedMigration['statements'],
  trace: TableTrace,
  isWanted: (effect: Effect) => boolean,
): Step[] {
  const steps: Step[] = [];
  let now = trace;
  for (const { effect } of statements) {
    if (!isWanted(effect)) {
      // Followed all the same, for the names.
    } else if (effect.kind === 'drops' || effect.kind === 'deletes') {
      steps.push({ name: firstName(now, effect.table), does: 'deletes' });
    } else if (effect.kind === 'writes') {
      steps.push({ name: firstName(now, effect.table), does: 'writes' });
    } else if (effect.kind === 'unknown') {
      steps.push(...[...now.names.keys()].map((name): Step => ({ name, does: 'deletes' })));
    }
    now = follow(now, effect);
  }
  return steps;
}
