import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { D1Error } from '../errors/index.ts';
import { type ConfigDocument, type ConfigPath, parseDocument } from './document.ts';
import type { D1Binding, R2Binding, WranglerConfig, WranglerEnvironment } from './types.ts';

/**
 * Reads what the D1 plugins need from the text of a wrangler config. `file` is absolute; its extension decides
 * between TOML and JSON with comments. Throws D1Error `wrangler-config-syntax` or `invalid-wrangler-config`.
 * Keys and defaults: https://developers.cloudflare.com/workers/wrangler/configuration/
 */
export function parseWranglerConfig({ file, text }: { file: string; text: string }): WranglerConfig {
  const document = parseDocument(file, text);
  const shape = createShapeReader(file, document);
  const root = shape.object([], document.value);
  const accountId = shape.string([], root, 'account_id');
  const complianceRegion = shape.string([], root, 'compliance_region');
  const main = shape.string([], root, 'main');
  const inherited = { accountId, complianceRegion, main };
  const top = readEnvironment({ shape, file, path: [], values: root, name: '', ...inherited });
  const named = Object.entries(shape.object(['env'], root['env'] ?? {})).map(([name, value]) => {
    const path = ['env', name];
    return readEnvironment({ shape, file, path, values: shape.object(path, value), name, ...inherited });
  });
  return { file, name: shape.string([], root, 'name'), accountId, environments: [top, ...named] };
}

interface EnvironmentSource {
  readonly shape: ShapeReader;
  readonly file: string;
  readonly path: ConfigPath;
  readonly values: Readonly<Record<string, unknown>>;
  readonly name: string;
  readonly accountId: string | undefined;
  readonly complianceRegion: string | undefined;
  readonly main: string | undefined;
}

function readEnvironment({
  shape,
  file,
  path,
  values,
  name,
  accountId,
  complianceRegion,
  main,
}: EnvironmentSource): WranglerEnvironment {
  const ownMain = shape.string(path, values, 'main') ?? main;
  return {
    name,
    accountId: shape.string(path, values, 'account_id') ?? accountId,
    complianceRegion: shape.string(path, values, 'compliance_region') ?? complianceRegion,
    main: ownMain === undefined ? undefined : resolve(dirname(file), ownMain),
    databases: shape
      .list([...path, 'd1_databases'], values['d1_databases'])
      .map((entry) => readDatabase(shape, dirname(file), entry)),
    buckets: shape
      .list([...path, 'r2_buckets'], values['r2_buckets'])
      .map((entry) => readBucket(shape, entry)),
    line: shape.lineOf(path),
  };
}

type Entry = ReturnType<ShapeReader['list']>[number];

function readDatabase(shape: ShapeReader, folder: string, { path, values }: Entry): D1Binding {
  const binding = shape.requiredString(path, values, 'binding');
  const databaseId = shape.string(path, values, 'database_id');
  return {
    binding,
    databaseName: shape.string(path, values, 'database_name'),
    databaseId,
    previewDatabaseId: shape.string(path, values, 'preview_database_id'),
    migrationsDir: resolve(folder, shape.string(path, values, 'migrations_dir') ?? 'migrations'),
    migrationsTable: shape.string(path, values, 'migrations_table') ?? 'd1_migrations',
    migrationsPattern: shape.string(path, values, 'migrations_pattern'),
    line: shape.lineOf(path, binding),
    databaseIdLine: databaseId === undefined ? undefined : shape.lineOf([...path, 'database_id'], databaseId),
  };
}

function readBucket(shape: ShapeReader, { path, values }: Entry): R2Binding {
  const binding = shape.requiredString(path, values, 'binding');
  return {
    binding,
    bucketName: shape.string(path, values, 'bucket_name'),
    line: shape.lineOf(path, binding),
  };
}

/** In wrangler's order of precedence: the first that a folder has is the one that wrangler reads. */
export const wranglerConfigNames = ['wrangler.json', 'wrangler.jsonc', 'wrangler.toml'] as const;

/** The config that wrangler reads in this folder, if any. Folders above are not searched. */
export function findWranglerConfig(folder: string): string | undefined {
  return wranglerConfigNames.map((name) => join(folder, name)).find((file) => existsSync(file));
}

/** Reads a wrangler config. Throws what `parseWranglerConfig` throws, or D1Error `wrangler-config-not-found`. */
export function readWranglerConfig(path: string): WranglerConfig {
  const file = resolve(path);
  return parseWranglerConfig({ file, text: readText(file) });
}

function readText(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new D1Error({
      code: 'wrangler-config-not-found',
      message: `The wrangler config ${basename(file)} could not be read: ${reason}.`,
      fix: 'Name an existing wrangler.json, wrangler.jsonc or wrangler.toml in the option wranglerConfig.',
      exitCode: 2,
      location: { file },
      cause,
    });
  }
}

type Values = Readonly<Record<string, unknown>>;

/** Reads values of an expected shape. A value of another shape is a D1Error `invalid-wrangler-config`. */
interface ShapeReader {
  readonly lineOf: ConfigDocument['lineOf'];
  object(path: ConfigPath, value: unknown): Values;
  /** The objects of an array, none when the array is missing. */
  list(path: ConfigPath, value: unknown): readonly { readonly path: ConfigPath; readonly values: Values }[];
  string(path: ConfigPath, values: Values, key: string): string | undefined;
  requiredString(path: ConfigPath, values: Values, key: string): string;
}

function createShapeReader(file: string, document: ConfigDocument): ShapeReader {
  const isToml = extname(file) === '.toml';

  const reject = (path: ConfigPath, problem: string, fix: string): D1Error =>
    new D1Error({
      code: 'invalid-wrangler-config',
      message: `${path.length === 0 ? 'The top level' : display(path)} of ${basename(file)} ${problem}.`,
      fix,
      exitCode: 2,
      location: { file, line: document.lineOf(path) },
    });

  const reader: ShapeReader = {
    lineOf: document.lineOf,
    object(path, value) {
      if (isObject(value)) return value;
      const example = isToml ? `[${path.join('.')}]` : path.length === 0 ? '{}' : `"${path.at(-1)}": {}`;
      throw reject(path, `must be a table of keys, and is ${kindOf(value)}`, `Write it as ${example}`);
    },
    list(path, value) {
      if (value === undefined) return [];
      if (Array.isArray(value)) {
        return value.map((entry: unknown, index) => {
          const entryPath = [...path, index];
          return { path: entryPath, values: reader.object(entryPath, entry) };
        });
      }
      const example = isToml ? `[[${path.join('.')}]]` : `"${path.at(-1)}": [{ "binding": "DB" }]`;
      throw reject(path, `must be a list, and is ${kindOf(value)}`, `Write it as ${example}`);
    },
    string(path, values, key) {
      const value = values[key];
      if (value === undefined || typeof value === 'string') return value;
      const example = isToml ? `${key} = "…"` : `"${key}": "…"`;
      throw reject(
        [...path, key],
        `must be a string, and is ${kindOf(value)}`,
        `Write it in quotes: ${example}`,
      );
    },
    requiredString(path, values, key) {
      const value = reader.string(path, values, key);
      if (value !== undefined && value !== '') return value;
      const example = isToml ? `${key} = "DB"` : `"${key}": "DB"`;
      throw reject(path, `has no "${key}"`, `Add ${example}`);
    },
  };
  return reader;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' ? 'a table of keys' : `a ${typeof value}`;
}

/** `env.production.d1_databases[0]` */
function display(path: ConfigPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
}
