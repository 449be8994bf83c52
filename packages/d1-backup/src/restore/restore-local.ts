import { dirname } from 'node:path';
import { localDatabaseFile, openLocalD1, type LocalDatabase } from 'd1-core/database';
import { journalStatements, readDatabaseState, stampStatements } from 'd1-core/records';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import { replaceDatabase, requireUnusedDatabase } from 'd1-core/snapshot';
import { checkTargetStamp, localDatabase } from 'd1-core/target';
import { buildUnchecked, loadStatements } from '../database/index.ts';
import { compareRestored } from './compare.ts';
import { restoreEntry, withNotes, type DatabaseRestore, type RestoredDatabase } from './database-restore.ts';

/**
 * Makes the database of an archive beside the local one, compares it with the archive, and only then puts it into the
 * place of that, of which a snapshot is taken. A restore that fails or is killed leaves the local database as it was.
 */
export async function restoreLocal(restore: DatabaseRestore): Promise<RestoredDatabase> {
  const { target, archive, onUndo, onBegin } = restore;
  const database = localDatabase(target);
  await requireUnusedDatabase(database);
  await onBegin(null);
  makeFolder(target.persistTo);
  const workplace = makeThrowAwayFolder(target.persistTo);
  try {
    const made = { ...database, persistTo: workplace.path };
    const built = await build(made, restore);
    const snapshot = await replaceDatabase(database, made, [`restore of ${archive.name}`]);
    const undo = snapshot === undefined ? undefined : ({ kind: 'snapshot', id: snapshot.id } as const);
    if (undo !== undefined) onUndo(undo);
    return { ...built, undo };
  } catch (error) {
    throw withNotes(error, ['The local database is as it was before.']);
  } finally {
    workplace.remove();
  }
}

async function build(made: LocalDatabase, restore: DatabaseRestore): Promise<Omit<RestoredDatabase, 'undo'>> {
  const { target, archive, statements, identify, onStatements } = restore;
  const isChecked = archive.rowsWithoutParent.length === 0;
  const counting = () => counted(statements.read(), onStatements);
  if (!isChecked) {
    const file = localDatabaseFile(made);
    makeFolder(dirname(file));
    await buildUnchecked(file, counting());
  }
  const d1 = openLocalD1(made);
  try {
    if (isChecked) await loadStatements(d1, counting());
    const tables = await compareRestored(d1, statements.expected());
    const { history, stamp } = await readDatabaseState(d1, target.database.migrationsTable);
    checkTargetStamp(target, stamp);
    await d1.batch([
      ...stampStatements(target.environment.name),
      ...journalStatements([restoreEntry(restore, await identify(), null)]),
    ]);
    return { tables, lastMigration: history.at(-1)?.name };
  } finally {
    await d1.close();
  }
}

async function* counted(
  statements: AsyncIterable<string>,
  onCount: (count: number) => void,
): AsyncGenerator<string> {
  let count = 0;
  for await (const statement of statements) {
    yield statement;
    onCount((count += 1));
  }
}
