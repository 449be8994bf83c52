import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { D1 } from 'd1-core/database';
import { lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { replaceFile } from 'd1-core/node';
import { retryRead } from 'd1-core/run';
import { counts, described, fields, flag, list, oneOf, text, type Immutable } from 'd1-core/shape';
import { quoteIdentifier } from 'd1-core/sql';
import type { Target } from 'd1-core/target';
import * as v from 'valibot';

/** Which data a rehearsal was made on, and what it saw: what its word on a protected environment depends on. */
export const passShape = fields({
  time: described(text, 'UTC, ISO 8601.'),
  source: described(
    fields({ kind: oneOf(['database', 'file']), name: text }),
    'database: the data of the environment itself. Otherwise the name of the file.',
  ),
  rows: described(counts, 'The rows of each table before, by its name.'),
  // An earlier version did not note them.
  rowsAfter: v.optional(
    described(counts, 'The rows of each of them after, by its name before; 0 where it is gone.'),
    {},
  ),
  changed: described(list(text), 'The tables whose content it saw change.'),
});

export type Pass = Immutable<v.InferOutput<typeof passShape>>;

interface PassNeed {
  readonly target: Target;
  /** What the pass is of, at the beginning of a sentence: `the last rehearsal`. */
  readonly what: string;
  /** Hours that it holds. */
  readonly hours: number;
  /** What has to be made again. */
  readonly renew: 'rehearsal' | 'plan';
  /** The file that somebody has named to accept a rehearsal on it. */
  readonly rehearsedOn: string | undefined;
  /** The tables that are there now; without it, those of the pass. Some of what was rehearsed may be applied. */
  readonly tables?: ReadonlySet<string> | undefined;
}

/**
 * Throws D1Error `not-rehearsed` unless a pass was made on the data of this database, and lately, so that it says
 * something about what is there now.
 */
export async function requirePass(d1: D1, pass: Pass, need: PassNeed): Promise<void> {
  const { target, what, hours, renew, rehearsedOn, tables } = need;
  const { kind, name } = pass.source;
  if (kind === 'file' && rehearsedOn !== name) {
    throw notRehearsed(
      target,
      `${what} was on ${name}, which is not its data`,
      renew,
      ` --rehearsedOn=${name} accepts it as it is; the journal notes that.`,
    );
  }
  const age = (Date.now() - Date.parse(pass.time)) / 3_600_000;
  // Also what has no time, or one that is yet to come.
  if (!(age > -1 && age < hours)) {
    throw notRehearsed(target, `${what}, of ${pass.time}, is older than ${hours} hours`, renew);
  }
  const filled = await firstFilled(d1, pass, tables);
  if (filled !== undefined) {
    throw notRehearsed(target, `${what} found ${filled} empty, and it has rows now`, renew);
  }
}

/** Tables that one question is about. */
const TABLES = 90;

/** A table that was empty and is not any more. What the rehearsal has filled or taken away itself is not asked about. */
async function firstFilled(
  d1: D1,
  { rows, rowsAfter }: Pass,
  tables: ReadonlySet<string> | undefined,
): Promise<string | undefined> {
  const empty = Object.keys(rows).filter(
    (table) => rows[table] === 0 && (tables === undefined || (tables.has(table) && rowsAfter[table] === 0)),
  );
  for (let from = 0; from < empty.length; from += TABLES) {
    const some = empty.slice(from, from + TABLES);
    const asked = some.map((table, index) => `EXISTS (SELECT 1 FROM ${quoteIdentifier(table)}) AS c${index}`);
    const [[row] = []] = await retryRead(() => d1.batch([`SELECT ${asked.join(', ')}`]));
    const filled = some.find((_, index) => row?.[`c${index}`] === 1);
    if (filled !== undefined) return filled;
  }
  return undefined;
}

export function notRehearsed(
  { environment: { name } }: Target,
  reason: string,
  renew: PassNeed['renew'],
  more = '',
): D1Error {
  const again =
    renew === 'rehearsal'
      ? `Run "${lineFor({ environment: name }, 'd1-migrate:plan')}": it applies them to a copy of the data, and changes nothing.`
      : `Make a new plan with "${lineFor({ environment: name }, 'd1-migrate:plan', '--output=<file>')}".`;
  return new D1Error({
    code: 'not-rehearsed',
    message: `${name} is protected, and ${reason}.`,
    fix: `${again}${more} In an emergency, --skipRehearsal applies them without; the journal notes it.`,
    notes: ['Nothing was changed.'],
    exitCode: 2,
  });
}

const VERSION = 2;

/** What the last rehearsal of a database found. `migrate` asks for it on protected environments. */
const rehearsalRecord = fields({
  version: v.literal(VERSION),
  ...passShape.entries,
  /** Null where the config has none. */
  databaseId: v.nullable(text),
  /** The fingerprint of the schema before the migrations. */
  schema: text,
  /**
   * The migrations as they were; `tokens` is the checksum that does not change with comments and white space, and `schema` the
   * fingerprint of the schema after it.
   */
  migrations: list(fields({ name: text, tokens: text, schema: v.optional(v.nullable(text)) })),
  passed: flag,
});

export type RehearsalRecord = Omit<Immutable<v.InferOutput<typeof rehearsalRecord>>, 'version'>;

/** A migration as it was when it was rehearsed. */
export type RecordedMigration = RehearsalRecord['migrations'][number];

/** Beside the wrangler config, in a folder that ignores itself: a rehearsal is of one work tree at one moment. */
const recordFile = ({ environment, database }: Target): string =>
  join(dirname(environment.configFile), '.d1', 'rehearsals', `${environment.name}.${database.binding}.json`);

/** Returns the file that was written. */
export async function writeRecord(target: Target, record: RehearsalRecord): Promise<string> {
  const file = recordFile(target);
  await replaceFile(join(dirname(file), '.gitignore'), '*\n');
  await replaceFile(file, `${JSON.stringify({ version: VERSION, ...record }, null, 2)}\n`);
  return file;
}

/** Undefined when there is none, or none that this version can read. */
export async function readRecord(target: Target): Promise<RehearsalRecord | undefined> {
  try {
    return v.parse(rehearsalRecord, JSON.parse(await readFile(recordFile(target), 'utf8')));
  } catch {
    return undefined;
  }
}
