import { basename } from 'node:path';
import { D1Error } from '../errors/index.ts';
import { duplicateBinding } from './resolve.ts';
import type { D1Binding, Environment } from './types.ts';

export interface EnvironmentCheck {
  readonly environment: Environment;
  /** All environments of the same config, to compare with. */
  readonly environments: readonly Environment[];
  /** The database that will be used. Without it all databases of the environment are checked. */
  readonly database?: D1Binding | undefined;
}

/**
 * Throws the first problem that makes an environment unsafe to work on, with the further ones as notes:
 * D1Error `unsafe-name`, `duplicate-binding`, `missing-database-id`, `placeholder-database-id`,
 * `invalid-database-id` or `shared-database-id`.
 */
export function checkEnvironment(check: EnvironmentCheck): void {
  const [first, ...others] = findEnvironmentProblems(check);
  if (first === undefined) return;
  if (others.length === 0) throw first;
  const { code, message, fix, exitCode, location } = first;
  throw new D1Error({ code, message, fix, exitCode, location, notes: others.map((other) => other.message) });
}

/** All problems that `checkEnvironment` knows, each as the error that it would throw. */
export function findEnvironmentProblems({
  environment,
  environments,
  database,
}: EnvironmentCheck): readonly D1Error[] {
  const databases = database === undefined ? environment.databases : [database];
  return [
    ...unsafeNames(environment, databases),
    ...duplicateBindings(environment),
    ...(environment.location === 'remote' ? databases.flatMap((one) => idProblems(environment, one)) : []),
    ...databases.flatMap((one) => sharedIds(environment, one, environments)),
  ];
}

/** Stricter than Cloudflare: such a name is no flag, no separator and no quoting problem on any command line. */
const safeName = /^[a-z0-9_][a-z0-9_.-]*$/i;

function unsafeNames(environment: Environment, databases: readonly D1Binding[]): D1Error[] {
  const { name, wranglerEnv, configFile, line } = environment;
  const names = [
    { kind: 'environment', name, line },
    ...(wranglerEnv === '' || wranglerEnv === name ? [] : [{ kind: 'environment', name: wranglerEnv, line }]),
    ...databases.flatMap((one) => [
      { kind: 'binding', name: one.binding, line: one.line },
      ...(one.databaseName === undefined
        ? []
        : [{ kind: 'database', name: one.databaseName, line: one.line }]),
    ]),
  ];
  return names
    .filter((candidate) => !safeName.test(candidate.name))
    .map(
      (unsafe) =>
        new D1Error({
          code: 'unsafe-name',
          message: `The ${unsafe.kind} name ${JSON.stringify(unsafe.name)} in ${basename(configFile)} is not safe on a command line.`,
          fix: 'Use letters, digits, "_", "-" and "." only, and do not begin with "-" or ".".',
          exitCode: 2,
          location: { file: configFile, line: unsafe.line },
        }),
    );
}

function duplicateBindings(environment: Environment): D1Error[] {
  const { databases } = environment;
  return databases
    .filter((one, index) => databases.findIndex((other) => other.binding === one.binding) < index)
    .map((second) => duplicateBinding(environment, second));
}

const idMessages: Readonly<Record<DatabaseIdProblem, string>> = {
  missing: 'has no database_id',
  placeholder: 'has a placeholder as database_id',
  invalid: 'has a database_id that is not a UUID',
};

function idProblems(environment: Environment, database: D1Binding): D1Error[] {
  const problem = databaseIdProblem(database.databaseId);
  if (problem === undefined) return [];
  const { configFile, name } = environment;
  const written = problem === 'missing' ? '' : ` (${JSON.stringify(database.databaseId)})`;
  const databaseName = database.databaseName ?? '<name>';
  return [
    new D1Error({
      code: `${problem}-database-id`,
      message: `The database "${database.binding}" of the environment "${name}" in ${basename(configFile)} ${idMessages[problem]}${written}.`,
      fix: `Write the id that "npx wrangler d1 info ${databaseName}" prints; "npx wrangler d1 create ${databaseName}" makes the database.`,
      exitCode: 2,
      location: { file: configFile, line: database.databaseIdLine ?? database.line },
    }),
  ];
}

/**
 * Of environments in the same location: a local database has its id only as the name of its file. And wrangler's
 * environments inherit no databases, so that many configs repeat the one of the top level.
 */
function sharedIds(
  environment: Environment,
  database: D1Binding,
  environments: readonly Environment[],
): D1Error[] {
  const { configFile, name, location } = environment;
  const isLocal = location === 'local';
  const id = isLocal ? localDatabaseId(database) : remoteId(database);
  if (id === undefined) return [];
  const other = environments.find(
    (candidate) =>
      candidate.name !== name &&
      candidate.location === location &&
      candidate.databases.some((one) => (isLocal ? localDatabaseId(one) : remoteId(one)) === id),
  );
  if (other === undefined) return [];
  const both = `The environments "${name}" and "${other.name}" in ${basename(configFile)}`;
  const hasNone = isLocal && database.previewDatabaseId === undefined && database.databaseId === undefined;
  return [
    new D1Error({
      code: 'shared-database-id',
      message: hasNone
        ? `${both} have the same local database: it has no database_id, and its file is named by the binding "${database.binding}".`
        : `${both} have the same database_id ${id}.`,
      fix: isLocal
        ? 'Give one of them a database_id of its own; for a local database any UUID will do: node -p "crypto.randomUUID()"'
        : `Give one of them a database of its own: npx wrangler d1 create ${database.databaseName ?? 'my-database'}-${other.name}`,
      exitCode: 2,
      location: { file: configFile, line: database.databaseIdLine ?? database.line },
    }),
  ];
}

/** Lower case, as Cloudflare takes both. Undefined for a placeholder, which is told as one. */
function remoteId({ databaseId }: D1Binding): string | undefined {
  const problem = databaseIdProblem(databaseId);
  return problem === 'missing' || problem === 'placeholder' ? undefined : databaseId?.toLowerCase();
}

/** What wrangler names the file of a local database by: the first of these that a binding has. */
export const localDatabaseId = ({ previewDatabaseId, databaseId, binding }: D1Binding): string =>
  previewDatabaseId ?? databaseId ?? binding;

export type DatabaseIdProblem = 'missing' | 'placeholder' | 'invalid';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const placeholderWords =
  /\b(?:your|my|todo|tbd|fixme|changeme|change|replace|insert|paste|fill|placeholder|example|dummy|database|uuid|id|here|none|null|undefined|unset)\b/;

/** What is wrong with a `database_id` as the id of a real D1 database, which is always a UUID. */
export function databaseIdProblem(id: string | undefined): DatabaseIdProblem | undefined {
  if (id === undefined || id.trim() === '') return 'missing';
  if (isPlaceholder(id)) return 'placeholder';
  return uuid.test(id) ? undefined : 'invalid';
}

/** Text that templates and tutorials put where an id belongs: xxxx, <your-id>, ${DB_ID}, TODO, all zeros. */
function isPlaceholder(id: string): boolean {
  if (/^(.)\1*$/.test(id.replaceAll('-', '')) && !/^[1-9a-f]/i.test(id)) return true;
  if (uuid.test(id)) return false;
  return /[<>{}$…]/.test(id) || placeholderWords.test(id.toLowerCase().replaceAll('_', '-'));
}
