import { dirname, resolve } from 'node:path';
import { createShapeReader } from './shape.ts';
import type { ShapeReader } from './shape.ts';
import { parseDocument } from './document.ts';
import type { ConfigPath } from './document.ts';
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
  const inherited = { accountId, complianceRegion };
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
}

function readEnvironment({
  shape,
  file,
  path,
  values,
  name,
  accountId,
  complianceRegion,
}: EnvironmentSource): WranglerEnvironment {
  return {
    name,
    accountId: shape.string(path, values, 'account_id') ?? accountId,
    complianceRegion: shape.string(path, values, 'compliance_region') ?? complianceRegion,
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
