import { createHash } from 'node:crypto';
import { D1Error } from 'd1-core/errors';
import { readMigration, type MigrationFile } from 'd1-core/migrations';
import { listTargetMigrations, type Survey } from './survey.ts';

/**
 * Remembers what is about to be shown and approved: the function that it returns throws D1Error `changed-meanwhile` when something
 * else is there by then.
 */
export function rememberFiles(
  { target, files, checksumsOf }: Survey,
  pending: readonly MigrationFile[],
): () => void {
  const names = files.map(({ name }) => name);
  const checksums = new Map(pending.map(({ name }) => [name, checksumsOf(name).raw]));
  return () => {
    const now = listTargetMigrations(target);
    const changed = now.find((file, index) => {
      const checksum = checksums.get(file.name);
      return file.name !== names[index] || (checksum !== undefined && checksum !== rawChecksum(file));
    });
    const name = changed?.name ?? names[now.length];
    if (name !== undefined) {
      throw changedMeanwhile(`${name} is not as it was when the migrations were read, a moment ago.`);
    }
  };
}

const rawChecksum = (file: MigrationFile): string =>
  createHash('sha256').update(readMigration(file).bytes).digest('hex');

/** Something else is pending than what was read. */
export const changedMeanwhile = (message: string, notes: readonly string[] = []): D1Error =>
  new D1Error({
    code: 'changed-meanwhile',
    message,
    fix: 'Run it again: it shows what is pending now.',
    notes: ['Nothing was applied.', ...notes],
  });
