import { commandLine, lineFor } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { readMigration, type MigrationFile } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { captureChanges, type Captured } from '../../capture/index.ts';
import { replayMigrations } from '../../replay/index.ts';
import type { AppliedNames } from '../shared/applied-names.ts';
import { writeRollbackScript, type MigrationsPlace } from '../shared/new-migration.ts';
import { reportScript } from '../shared/report-script.ts';

export interface CaptureRequest {
  readonly place: MigrationsPlace;
  readonly wrangler: Wrangler;
  readonly files: readonly MigrationFile[];
  /** The migration that is to keep what it changes. */
  readonly wanted: MigrationFile | undefined;
  readonly appliedNames: AppliedNames;
}

/** Changes a migration so that it keeps what it changes, and writes its rollback script. */
export async function writeCapture(request: CaptureRequest): Promise<void> {
  const { place, wrangler, files, wanted } = request;
  const { site, folder } = place;
  if (wanted === undefined) throw needsMigration();
  await requireUnapplied(request, wanted);
  const [steps, tokenize] = await Promise.all([replayMigrations(files), loadTokenizer()]);
  const step = steps.find(({ file }) => file.name === wanted.name);
  if (step === undefined) throw needsMigration();
  const captured = captureChanges(step, readMigration(wanted), tokenize);
  requireWhole(captured, wanted);

  site.tree.write(`${folder}/${wanted.name}`, captured.text);
  site.log.info(`${wanted.name} keeps what it changes in ${captured.undoTables.join(', ')}.`);
  site.log.info('When it will not be rolled back any more, drop them with a later migration.');
  reportScript(site, wanted.name, await writeRollbackScript(place, wanted.name, () => wrangler));
}

async function requireUnapplied(
  { place: { worker }, appliedNames }: CaptureRequest,
  { name, path }: MigrationFile,
): Promise<void> {
  for (const environment of worker.environments.filter(({ location }) => location === 'local')) {
    if (!(await appliedNames(environment)).includes(name)) continue;
    throw new D1Error({
      code: 'already-applied',
      message: `${name} is applied in ${environment.name}: what it has changed is gone.`,
      fix: `Roll it back first: "${lineFor({ project: worker.project, environment: environment.name }, 'd1-migrate:rollback', '--strategy=snapshot')}"; or make a fresh database: "${lineFor({ project: worker.project, environment: environment.name }, 'd1-migrate:reset')}".`,
      location: { file: path },
    });
  }
}

function requireWhole({ undoTables, refused }: Captured, { name, path }: MigrationFile): void {
  const [first] = refused;
  if (first !== undefined) {
    throw new D1Error({
      code: 'cannot-capture',
      message: `Not all that ${name} changes can be kept.`,
      fix: 'Write those statements in another way, or take a backup before the migration.',
      notes: refused.map(({ line, reason }) => `line ${line}: ${reason}`),
      location: { file: path, line: first.line },
    });
  }
  if (undoTables.length > 0) return;
  throw new D1Error({
    code: 'nothing-to-capture',
    message: `${name} changes no rows that were there before it, or keeps them already.`,
    fix: `Run it without --capture: ${commandLine('d1-migrate:rollback-script', name)}`,
    exitCode: 2,
  });
}

const needsMigration = (): D1Error =>
  new D1Error({
    code: 'migration-needed',
    message: '--capture changes a migration, and none is named.',
    fix: commandLine('d1-migrate:rollback-script', '0007', '--capture'),
    exitCode: 2,
  });
