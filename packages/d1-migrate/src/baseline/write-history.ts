import type { D1 } from 'd1-core/database';
import {
  createHistoryStatement,
  forgetStatement,
  isHistory,
  journalStatements,
  recordStatement,
  stampStatements,
} from 'd1-core/history';
import { takeBookmark } from '../migrate/index.ts';
import { journalEntries, type JournalEvent } from '../migrate/journal.ts';
import { record } from '../migrate/record.ts';
import { withLock, type LockedDatabase } from 'd1-core/run';
import type { BaselinePlan, BaselineRequest, BaselineResult } from './baseline.ts';

/** Rows of the journal that go with the history, in one transaction; the others follow. */
const FIRST_ROWS = 100;

/** Writes history and journal, while nobody else changes the database. */
export async function writeHistory(
  d1: D1,
  { survey, recorded, accepted, forgotten }: BaselinePlan,
  { target, identify, onBegin }: BaselineRequest,
): Promise<Pick<BaselineResult, 'bookmark' | 'warnings'>> {
  const bookmark = d1.location === 'remote' ? await takeBookmark(target) : null;
  await onBegin?.({ bookmark, migrations: recorded.map((name) => ({ name, outcome: 'not-run' })) });
  const identity = await identify();
  const table = target.database.migrationsTable;
  const events = [...recorded, ...accepted].map((migration, index): JournalEvent => ({
    action: 'adopt',
    migration,
    outcome: 'applied',
    detail: { baseline: true, ...(index === 0 && forgotten.length > 0 ? { forgotten } : {}) },
  }));
  const warnings: string[] = [];
  const writeAll = async ({ write }: LockedDatabase) => {
    // First and alone, because the condition reads it.
    await write([createHistoryStatement(table, { quoted: target.wrangler.can.quotesHistoryTable })]);
    await write(
      [
        ...stampStatements(target.environment.name),
        ...forgotten.map((name) => forgetStatement(table, name)),
        ...recorded.map((name) => recordStatement(table, name)),
        ...journalStatements(journalEntries(survey, identity, events.slice(0, FIRST_ROWS), bookmark)),
      ],
      { condition: isHistory(table, survey.state.history) },
    );
    await record({ d1, before: survey, identity, bookmark, write }, events.slice(FIRST_ROWS));
  };
  await withLock(d1, identity, writeAll, (warning) => warnings.push(warning));
  return { bookmark, warnings };
}
