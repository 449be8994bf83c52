import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import {
  fileFindings,
  readDirectives,
  readMigration,
  type FileFinding,
  type Migration,
} from 'd1-core/migrations';
import { JOURNAL_TABLE, ownTableChanges, type DatabaseState } from 'd1-core/records';
import { lineIndex, loadTokenizer, quoteIdentifier, quoteText } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import type { Survey } from './survey.ts';

/**
 * What must be put right before pending migrations may run: wrangler would run something else than the files say, in
 * another order than anybody chose, or without recording it. Problems of applied migrations block nothing.
 */
export async function findBlockers({
  target,
  files,
  migrations,
  findings,
  state,
}: Survey): Promise<readonly FileFinding[]> {
  const pending = new Set(migrations.filter(({ state }) => state === 'pending').map(({ name }) => name));
  const tokenize = await loadTokenizer();
  const table = target.database.migrationsTable;
  const contents = files.filter(({ name }) => pending.has(name)).map(readMigration);
  return [
    ...findings.filter(
      ({ severity, code, files: names }) =>
        severity === 'error' && (code === 'not-taken' || names.some((name) => pending.has(name))),
    ),
    ...migrations.flatMap(({ name, renamedFrom }) =>
      renamedFrom === null ? [] : [renamed(name, renamedFrom)],
    ),
    ...migrations.filter(({ appliedBefore }) => appliedBefore).map(({ name }) => appliedBefore(name, target)),
    ...contents
      .flatMap((file) => [...fileFindings(file, tokenize), ...readDirectives(file, tokenize).problems])
      .filter(({ severity }) => severity === 'error'),
    ...(await Promise.all(contents.map((file) => ownTableFindings(file, table)))).flat(),
    ...(contents.length === 0 ? [] : await triggerFindings(state, target)),
  ];
}

const RECORDS =
  'The history, the journal, the stamp and the lock are for the tools alone: what is written there decides what runs again, or never.';

/** A migration that would write to the tables of the tools, or change them. */
async function ownTableFindings(
  { name, path, text }: Migration,
  historyTable: string,
): Promise<readonly FileFinding[]> {
  const changes = await ownTableChanges(text, historyTable);
  return changes.slice(0, 1).map(({ table, start }) => ({
    code: 'touches-own-table',
    severity: 'error',
    message: `${name} changes ${table}. ${RECORDS}`,
    fix: `Remove the statement. "${commandLine('d1-migrate:baseline')}" records what is applied already.`,
    files: [name],
    location: { file: path, ...lineIndex(text).positionAt(start) },
  }));
}

/** A trigger that is in the database already, and that writes there whenever it is fired. */
async function triggerFindings(
  { catalog }: DatabaseState,
  { environment, database }: Target,
): Promise<readonly FileFinding[]> {
  const found: FileFinding[] = [];
  for (const { type, name, sql } of catalog) {
    if (type !== 'trigger') continue;
    const [change] = await ownTableChanges(sql, database.migrationsTable);
    if (change === undefined) continue;
    found.push({
      code: 'touches-own-table',
      severity: 'error',
      message: `The trigger ${name} of this database changes ${change.table}, or is fired by it. ${RECORDS}`,
      fix: `Drop it: npx wrangler d1 execute ${database.binding} --${environment.location} --env=${environment.wranglerEnv} --command='DROP TRIGGER ${quoteIdentifier(name)}'`,
      files: [],
    });
  }
  return found;
}

function appliedBefore(name: string, { environment, database }: Target): FileFinding {
  const row = `INSERT INTO ${JOURNAL_TABLE} (run, action, migration, outcome, wrangler_version, plugin_version) VALUES ('by hand', 'rollback', ${quoteText(name)}, 'applied', '', '')`;
  return {
    code: 'applied-before',
    severity: 'error',
    message: `${name} is not in the history, but the journal says that it was applied, and nothing that it was rolled back: wrangler would run it a second time.`,
    fix: `Record it with "${commandLine('d1-migrate:baseline')}" if it is in the database. If it was rolled back by hand, note that in the journal: npx wrangler d1 execute ${database.binding} --${environment.location} --env=${environment.wranglerEnv} --command="${row}"`,
    files: [name],
  };
}

function renamed(name: string, from: string): FileFinding {
  return {
    code: 'renamed',
    severity: 'error',
    message: `${name} is the applied migration ${from} under another name; wrangler would run it a second time.`,
    fix: `Give it back its old name: mv ${name} ${from}`,
    files: [name],
  };
}

/** The blockers as one error: the first in its message, all of them in its notes. */
export function blockedError(blockers: readonly FileFinding[]): D1Error | undefined {
  const [first, ...others] = blockers;
  if (first === undefined) return undefined;
  return new D1Error({
    code: first.code,
    message: first.message,
    fix: first.fix,
    location: first.location,
    exitCode: 1,
    notes: [...others.map(({ message, fix }) => `${message} Fix: ${fix}`), 'Nothing was applied.'],
  });
}
