import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { replaceFile } from 'd1-core/node';
import type { Target } from 'd1-core/target';
import { readPass, type Pass } from './pass.ts';

/** A migration as it was when it was rehearsed. */
export interface RecordedMigration {
  readonly name: string;
  /** The checksum of its tokens: what does not change with comments and white space. */
  readonly tokens: string;
}

/** What the last rehearsal of a database found. `migrate` asks for it on protected environments. */
export interface RehearsalRecord extends Pass {
  /** Null where the config has none. */
  readonly databaseId: string | null;
  /** The fingerprint of the schema before the migrations. */
  readonly schema: string;
  readonly migrations: readonly RecordedMigration[];
  readonly passed: boolean;
}

/** Beside the wrangler config, in a folder that ignores itself: a rehearsal is of one work tree at one moment. */
const recordFile = ({ environment, database }: Target): string =>
  join(dirname(environment.configFile), '.d1', 'rehearsals', `${environment.name}.${database.binding}.json`);

const VERSION = 2;

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
    return recordOf(JSON.parse(await readFile(recordFile(target), 'utf8')));
  } catch {
    return undefined;
  }
}

function recordOf(value: unknown): RehearsalRecord | undefined {
  if (!isObject(value) || value['version'] !== VERSION || !Array.isArray(value['migrations']))
    return undefined;
  const pass = readPass(value);
  return (
    pass && {
      ...pass,
      databaseId: typeof value['databaseId'] === 'string' ? value['databaseId'] : null,
      schema: String(value['schema']),
      passed: value['passed'] === true,
      migrations: value['migrations'].map((migration: unknown) =>
        isObject(migration)
          ? { name: String(migration['name']), tokens: String(migration['tokens']) }
          : { name: '', tokens: '' },
      ),
    }
  );
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null;
