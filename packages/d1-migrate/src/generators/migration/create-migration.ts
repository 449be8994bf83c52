import { join } from 'node:path';
import { lineFor } from 'd1-core/door';
import type { Site } from 'd1-core/site';
import { loadTokenizer } from 'd1-core/sql';
import {
  readName,
  safeName,
  substitutions,
  type ColumnType,
  type Subject,
  type Template,
  type TemplateRequest,
} from '../../migration-template/index.ts';
import { writeRebuild } from '../rebuild-table/write-rebuild.ts';
import { generateFiles } from '../shared/generate-files.ts';
import {
  findMigrations,
  nextFileName,
  wranglerOf,
  writeRollbackScript,
  type MigrationsPlace,
  type PlaceOptions,
} from '../shared/new-migration.ts';
import { reportScript } from '../shared/report-script.ts';

export interface NewMigration extends PlaceOptions, Subject {
  readonly name: string;
  readonly template?: Template | undefined;
  /** Of the columns that name none. */
  readonly type: ColumnType;
  /** Whether to write the rollback script too. */
  readonly rollback: boolean;
}

/** Returns what there is to say when the files are written. */
export async function createMigration(site: Site, options: NewMigration): Promise<() => void> {
  const name = safeName(options.name);
  const place = findMigrations(site, options);
  const fileName = nextFileName(place, name);
  const guess = readName(name);
  const { template = guess.template, type } = options;
  const subject = { ...guess.subject, ...givenSubject(options) };
  const made = await writeMigration(place, fileName, { name, template, subject, type, now: new Date() });
  const script =
    template === 'blank' || !options.rollback
      ? undefined
      : await writeRollbackScript(place, fileName, () => wranglerOf(place));
  return () => {
    for (const line of made) site.log.info(line);
    if (script !== undefined) reportScript(site, fileName, script);
    const next = lineFor({ project: place.worker.project }, 'd1-migrate:migrate');
    site.log.info(`Write the SQL into ${place.folder}/${fileName}, then run: ${next}`);
  };
}

/** Returns what there is to say about it. */
async function writeMigration(
  place: MigrationsPlace,
  fileName: string,
  request: TemplateRequest,
): Promise<readonly string[]> {
  const tokenize = await loadTokenizer();
  const values = substitutions(request, tokenize);
  const { template, subject } = request;
  if (template === 'rebuild-table') {
    const rebuild = { table: subject.table ?? '', header: values.header, fileName };
    return writeRebuild(place, rebuild, wranglerOf(place));
  }
  const files = join(import.meta.dirname, 'files', template);
  generateFiles(place.site.tree, files, place.folder, { ...values, fileName });
  return [];
}

/** What is given on the command line wins over what the name says; the rest is left out. */
function givenSubject({ table, columns, newName, view }: Subject): Subject {
  return {
    ...(table === undefined ? {} : { table }),
    ...(columns === undefined || columns.length === 0 ? {} : { columns }),
    ...(newName === undefined ? {} : { newName }),
    ...(view === undefined ? {} : { view }),
  };
}
