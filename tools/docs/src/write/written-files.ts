import { existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';

/** Files of the repository that a script writes. */
export interface WrittenFiles {
  /** By path relative to the repository, not yet formatted. */
  readonly texts: ReadonlyMap<string, string>;
  /** A folder in which nothing else may be. */
  readonly folder?: string | undefined;
}

/** The paths of the files that are not as they should be. */
export async function staleFiles(
  root: string,
  { texts, folder }: WrittenFiles,
): Promise<ReadonlyMap<string, string | undefined>> {
  const stale = new Map<string, string | undefined>();
  for (const [path, text] of texts) {
    const wanted = await formatted(join(root, path), text);
    if (readOrUndefined(join(root, path)) !== wanted) stale.set(path, wanted);
  }
  if (folder !== undefined) {
    const present = globSync(`${folder}/**/*.md`, { cwd: root }).map((path) => path.replaceAll('\\', '/'));
    for (const path of present.filter((one) => !texts.has(one))) stale.set(path, undefined);
  }
  return stale;
}

/** Writes the files that `staleFiles` found; those without a text are removed. */
export function writeStale(root: string, stale: ReadonlyMap<string, string | undefined>): void {
  for (const [path, text] of stale) {
    const file = join(root, path);
    if (text === undefined) {
      rmSync(file);
    } else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
}

const formatted = async (file: string, text: string): Promise<string> =>
  format(text, { ...(await resolveConfig(file)), filepath: file });

const readOrUndefined = (file: string): string | undefined =>
  existsSync(file) ? readFileSync(file, 'utf8') : undefined;
