import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { localDatabaseFile } from 'd1-core/snapshot';
import { localDatabase, type Target } from 'd1-core/target';

/** A place for a throw-away copy of a target's database. */
export interface ShadowPlace {
  /** The target with the copy in the place of its database, as a local one. */
  readonly target: Target;
  /** The copy's file; nothing is there yet. */
  readonly file: string;
  remove(): Promise<void>;
}

export async function makeShadowPlace(original: Target): Promise<ShadowPlace> {
  const folder = await mkdtemp(join(tmpdir(), 'd1-rehearsal-'));
  const target: Target = {
    ...original,
    environment: { ...original.environment, location: 'local' },
    persistTo: folder,
  };
  const file = localDatabaseFile(localDatabase(target));
  await mkdir(dirname(file), { recursive: true });
  return { target, file, remove: () => rm(folder, { recursive: true, force: true }) };
}
