import { basename } from 'node:path';
import { D1Error } from 'd1-core/errors';
import type { Identify } from 'd1-core/run';
import type { Target } from 'd1-core/target';
import { chooseBucket, openStore, type ObjectStore } from '../bucket/index.ts';
import type { TableDigest } from '../format/index.ts';
import type { Archive } from '../zip/index.ts';
import { archiveId, checkArchive } from './check-archive.ts';
import type { WayBack } from './database-restore.ts';
import { objectsOf, planObjects, putObjects } from './objects.ts';
import {
  gapsOf,
  orphansOf,
  partsOf,
  planDatabase,
  requireReplaceable,
  type DatabasePlan,
  type Permission,
  type RestorePlan,
} from './plan.ts';
import { restoreLocal } from './restore-local.ts';
import { restoreRemote } from './restore-remote.ts';
import { openRestore, type RestoreStatements } from './statements.ts';
import { readTargetContents, type TargetContents } from './target-contents.ts';

export interface RestoreRequest extends Permission {
  readonly archive: Archive;
  readonly target: Target;
  readonly identify: Identify;
  readonly parts: 'all' | 'database' | 'photos';
  /** Only objects whose keys begin so. */
  readonly prefix: string;
  /** The binding of the bucket, where the environment has several. */
  readonly bucket?: string | undefined;
  /** Objects at a time. */
  readonly concurrency: number;
  readonly dryRun: boolean;
  /** Gets the consent to what the restore will do; throws when there is none. */
  readonly approve: (plan: RestorePlan) => Promise<void>;
  /** Called before the first write, with the Time Travel bookmark of a remote database. */
  readonly onBegin?: ((bookmark: string | null) => Promise<void>) | undefined;
  /** Is told as soon as it is known what undoes the restore. */
  readonly onUndo?: ((undo: WayBack) => void) | undefined;
  /** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
  readonly onProgress?: ((what: string, fraction?: number) => void) | undefined;
}

export interface RestoreResult {
  readonly plan: RestorePlan;
  readonly outcome: 'dry-run' | 'restored';
  /** What is in the database now; undefined when it was left as it is. */
  readonly tables: readonly TableDigest[] | undefined;
  /** The last migration that the restored database knows as applied. */
  readonly lastMigration: string | undefined;
  /** What undoes the restore of the database; objects have nothing like it. */
  readonly undo: WayBack | undefined;
  readonly warnings: readonly string[];
  readonly durationMs: number;
}

/**
 * Puts an archive back into the database and the bucket of an environment. The whole archive is read and compared with
 * its metadata before the first write, and so is what came back afterwards. Throws D1Error: `damaged-archive`,
 * `target-not-empty`, `restore-unfinished`, `wrong-environment`, `locked`, `restore-differs`, and what the database or
 * the bucket says; the notes say what is in the target then, and how to go on.
 */
export async function restore(request: RestoreRequest): Promise<RestoreResult> {
  const { archive, target, dryRun, onProgress = () => undefined } = request;
  const started = performance.now();
  const parts = partsOf(archive, request.parts);
  const store = parts.photos ? openBucket(request) : undefined;
  let statements: RestoreStatements | undefined;
  try {
    await checkArchive(archive, (fraction) => onProgress('reading the archive', fraction));
    const id = await archiveId(archive);
    onProgress('looking what is in the target');
    const contents = parts.database ? await readTargetContents(target) : undefined;
    statements = parts.database ? await openRestore(archive, target) : undefined;
    const photos = objectsOf(archive, request.prefix);
    // A dry run shows what would be lost, which nobody has to allow.
    const permission = dryRun ? { overwrite: true, resume: request.resume } : request;
    const plan: RestorePlan = {
      target,
      archive,
      database: contents && planDatabase(contents, id, permission),
      photos: store && (await planObjects(archive, photos, store, request.prefix)),
      foreignSchema: statements && isForeign(request) ? await schemaOf(statements) : undefined,
      warnings: [
        ...(parts.database ? orphansOf(archive) : []),
        ...(parts.photos ? gapsOf(archive, request.prefix) : []),
      ],
    };
    if (plan.photos !== undefined) requireReplaceable(plan.photos, permission);
    await request.approve(plan);
    const { warnings } = plan;
    const facts = () => ({ plan, warnings, durationMs: performance.now() - started });
    if (dryRun) return { ...NOTHING, ...facts() };
    const restored =
      contents === undefined ||
      statements === undefined ||
      plan.database === undefined ||
      plan.database.isDone
        ? await withoutDatabase(request)
        : await restoreDatabase(request, id, statements, contents, plan.database);
    if (store !== undefined && plan.photos !== undefined) {
      const count = plan.photos.missing.length;
      await putObjects(archive, plan.photos, store, {
        concurrency: request.concurrency,
        onPut: (done) => onProgress('putting objects into the bucket', done / count),
      });
    }
    return { ...NOTHING, ...restored, outcome: 'restored', ...facts() };
  } finally {
    await statements?.close();
    await store?.close();
  }
}

const isForeign = ({ archive, target }: RestoreRequest): boolean => {
  const id = archive.metadata?.database?.id ?? undefined;
  return id === undefined || id !== target.database.databaseId;
};

/** Reads all statements, so that one which must not be run is found before anybody is asked. */
async function schemaOf({ read, expected }: RestoreStatements): Promise<readonly string[]> {
  const statements = read();
  while (!(await statements.next()).done);
  return expected().created.filter((sql) => !sql.includes('d1_backup_pieces'));
}

const NOTHING = {
  outcome: 'dry-run',
  tables: undefined,
  lastMigration: undefined,
  undo: undefined,
} as const;

async function withoutDatabase({ onBegin }: RestoreRequest): Promise<object> {
  await onBegin?.(null);
  return {};
}

async function restoreDatabase(
  { archive, target, identify, onBegin, onUndo, onProgress }: RestoreRequest,
  id: string,
  statements: RestoreStatements,
  contents: TargetContents,
  plan: DatabasePlan,
) {
  const restore = {
    target,
    contents,
    statements,
    archive: {
      name: basename(archive.file),
      id,
      databaseId: archive.metadata?.database?.id ?? undefined,
      rowsWithoutParent: archive.metadata?.database?.rowsWithoutParent ?? [],
    },
    identify,
    onUndo: (undo: WayBack) => onUndo?.(undo),
    onBegin: async (bookmark: string | null) => onBegin?.(bookmark),
    onStatements: (done: number) => onProgress?.(`restoring the database: ${done} statements`),
  };
  return target.environment.location === 'local'
    ? restoreLocal(restore)
    : restoreRemote(restore, plan.resumes !== undefined);
}

function openBucket({ target, bucket, concurrency }: RestoreRequest): ObjectStore {
  const binding = chooseBucket(target.environment, bucket);
  if (binding !== undefined) return openStore(target, binding, { connections: concurrency });
  const { name, configFile, line } = target.environment;
  throw new D1Error({
    code: 'no-bucket',
    message: `The archive has objects, and the environment "${name}" has no R2 bucket.`,
    fix: 'Restore the database alone with --databaseOnly, or add an entry to r2_buckets.',
    exitCode: 2,
    location: { file: configFile, line },
  });
}
