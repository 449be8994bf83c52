import type { Tree } from '@nx/devkit';
import { logger } from 'd1-core/nx';
import { D1Error } from 'd1-core/errors';
import type { D1Binding } from 'd1-core/environment';
import { patternInFolder, readMigration, type MigrationFile } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import type { Wrangler } from 'd1-core/wrangler';
import { join } from 'node:path';
import { captureChanges, type Captured } from '../../capture/index.ts';
import { replayMigrations } from '../../replay/index.ts';
import type { AppliedNames } from '../shared/applied-names.ts';
import type { Worker } from 'd1-core/generators';
import { migrationsFolder } from '../shared/migrations-folder.ts';
import { writeRollbackScript } from '../shared/new-migration.ts';
import { reportScript } from '../shared/report-script.ts';

export interface CaptureRequest {
  readonly worker: Worker;
  readonly database: D1Binding;
  readonly wrangler: Wrangler;
  readonly files: readonly MigrationFile[];
  /** The migration that is to keep what it changes. */
  readonly wanted: MigrationFile | undefined;
  readonly appliedNames: AppliedNames;
}

/** Changes a migration so that it keeps what it changes, and writes its rollback script. */
export async function writeCapture(tree: Tree, request: CaptureRequest): Promise<void> {
  const { worker, database, wrangler, files, wanted } = request;
  if (wanted === undefined) throw needsMigration();
  await requireUnapplied(request, wanted);
  const [steps, tokenize] = await Promise.all([replayMigrations(files), loadTokenizer()]);
  const step = steps.find(({ file }) => file.name === wanted.name);
  if (step === undefined) throw needsMigration();
  const captured = captureChanges(step, readMigration(wanted), tokenize);
  requireWhole(captured, wanted);

  const folder = migrationsFolder(tree, database);
  tree.write(`${folder}/${wanted.name}`, captured.text);
  const pattern = patternInFolder({ configFile: join(tree.root, worker.wranglerConfig), ...database });
  const place = { worker, folder, pattern };
  logger.info(`${wanted.name} keeps what it changes in ${captured.undoTables.join(', ')}.`);
  logger.info('When it will not be taken back any more, drop them with a later migration.');
  reportScript(wanted.name, await writeRollbackScript(tree, place, wanted.name, () => wrangler));
}

async function requireUnapplied(
  { worker, appliedNames }: CaptureRequest,
  { name, path }: MigrationFile,
): Promise<void> {
  for (const environment of worker.environments.filter(({ location }) => location === 'local')) {
    if (!(await appliedNames(environment)).includes(name)) continue;
    throw new D1Error({
      code: 'already-applied',
      message: `${name} is applied in ${environment.name}: what it has changed is gone.`,
      fix: 'Take it back first, with --strategy=snapshot, or make a fresh database with "reset".',
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
    fix: `Run it without --capture: npx nx g d1-migrate:rollback ${name}`,
    exitCode: 2,
  });
}

const needsMigration = (): D1Error =>
  new D1Error({
    code: 'migration-needed',
    message: '--capture changes a migration, and none is named.',
    fix: 'npx nx g d1-migrate:rollback 0007 --capture',
    exitCode: 2,
  });
