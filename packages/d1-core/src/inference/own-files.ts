import { dirname, posix, relative } from 'node:path';
import type { D1Binding, Environment } from '../environment/index.ts';

/** The folder of one Worker below a folder that all of a workspace write into; relative to the workspace root. */
export const ownFolder = (folder: string, projectName: string): string =>
  `${folder}/${projectName.replaceAll(/[^\w.-]+/g, '-').replace(/^-/, '')}/`;

/** The name of a file of one database, where the Worker has several: `schema-DB.md` for `schema.md`. */
export function fileOfDatabase(
  name: string,
  binding: string,
  databases: readonly { readonly binding: string }[],
): string {
  const isOne = databases.every((database) => database.binding === binding);
  return isOne ? name : withSuffix(name, binding);
}

/**
 * The name of a file in a migrations folder. Several sets of migrations may share one, told apart by their patterns:
 * `CHANGELOG-users.md` for `migrations/users-*.sql`, and the binding where the beginnings of the patterns are the same.
 */
export function fileOfMigrations(
  name: string,
  database: D1Binding,
  { configFile, databases }: Pick<Environment, 'configFile' | 'databases'>,
): string {
  const own = ({ migrationsDir, migrationsPattern = '' }: D1Binding) => {
    const folder = `${relative(dirname(configFile), migrationsDir).replaceAll('\\', '/')}/`;
    const pattern = posix.normalize(migrationsPattern.replaceAll('\\', '/'));
    const rest = pattern.startsWith(folder) ? pattern.slice(folder.length) : '';
    const prefix = /^[^*?[\]{}()!+@]*(?=[*?[\]{}()!+@])/.exec(rest)?.[0] ?? '';
    return withSuffix(name, prefix.replaceAll(/[^\w.]+/g, '-').replaceAll(/^-|-$/g, ''));
  };
  const others = databases.filter(
    (other) =>
      other.migrationsDir === database.migrationsDir &&
      other.migrationsPattern !== database.migrationsPattern &&
      own(other) === own(database),
  );
  return fileOfDatabase(own(database), database.binding, [database, ...others]);
}

function withSuffix(name: string, suffix: string): string {
  const { dir, name: stem, ext } = posix.parse(name);
  return suffix === '' ? name : posix.join(dir, `${stem}-${suffix}${ext}`);
}

/** What a file is about. */
interface About {
  readonly environment: Pick<Environment, 'name' | 'workerName' | 'databases'>;
  readonly database: Pick<D1Binding, 'binding'>;
}

/**
 * The file that an option names, relative to the workspace root. Without it, and where it names a folder by a `/` at its end,
 * the file has its usual name there, with the binding where the Worker has several databases.
 */
export function outputFile(
  option: string | undefined,
  usual: { readonly folder: string; readonly name: string },
  { environment, database }: About,
): string {
  if (option !== undefined && !option.endsWith('/')) return option;
  return posix.join(
    option ?? usual.folder,
    fileOfDatabase(usual.name, database.binding, environment.databases),
  );
}

/**
 * The plan file of a database that an option names, relative to the workspace root. In a folder each Worker, environment and
 * database has one of its own.
 */
export function planFile(option: string, about: About): string {
  const { name, workerName } = about.environment;
  return outputFile(option, { folder: '', name: `plan-${inFileName(`${workerName}-${name}`)}.json` }, about);
}

const inFileName = (name: string): string => name.replaceAll(/[^\w.-]+/g, '-');
