import { dirname } from 'node:path';
import { localDatabaseFile } from 'd1-core/database';
import { makeFolder, makeThrowAwayFolder } from 'd1-core/node';
import { localDatabase, type Target } from 'd1-core/target';

/** A place for a throw-away copy of a target's database. */
export interface ShadowPlace {
  /** The target with the copy in the place of its database, as a local one. */
  readonly target: Target;
  /** The copy's file; nothing is there yet. */
  readonly file: string;
  remove(): void;
}

export async function makeShadowPlace(original: Target): Promise<ShadowPlace> {
  const folder = makeThrowAwayFolder();
  const target: Target = {
    ...original,
    environment: { ...original.environment, location: 'local' },
    persistTo: folder.path,
  };
  const file = localDatabaseFile(localDatabase(target));
  makeFolder(dirname(file));
  return { target, file, remove: folder.remove };
}
