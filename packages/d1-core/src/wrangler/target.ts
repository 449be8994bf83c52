import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { D1Error } from '../errors/index.ts';
import type { Wrangler } from './find-wrangler.ts';

/** Which database a wrangler command is for. */
export interface WranglerTarget {
  /** The wrangler config file. */
  readonly configFile: string;
  /** The name of the wrangler environment; empty for the top level. */
  readonly wranglerEnv: string;
  readonly location: 'local' | 'remote';
  /** The binding, never the database's name: wrangler looks names up in the whole account. */
  readonly binding: string;
  /** The id in the config; without it wrangler looks the database up by its name. */
  readonly databaseId?: string | undefined;
  /** The account in the config. */
  readonly accountId?: string | undefined;
  /** Where a local database lives, if not beside the config. */
  readonly persistTo?: string | undefined;
}

/**
 * The arguments that say which database is meant. All are always given: without `--local` or `--remote` wrangler
 * chooses by itself, and what it chooses has changed between versions.
 */
export function targetArguments(target: WranglerTarget): readonly string[] {
  return [
    target.binding,
    `--${target.location}`,
    `--env=${target.wranglerEnv}`,
    `--config=${target.configFile}`,
    ...(target.location === 'local' && target.persistTo !== undefined
      ? [`--persist-to=${target.persistTo}`]
      : []),
  ];
}

/**
 * Loads the function with which wrangler cuts a file into statements before it runs them locally. It differs from
 * SQLite's own rules and from version to version; use it only to do exactly what wrangler would do.
 */
export async function loadSplitter(wrangler: Wrangler): Promise<(sql: string) => string[]> {
  enableCompileCache?.(wrangler.compileCache);
  const loaded: unknown = await import(pathToFileURL(wrangler.entry).href);
  if (hasSplitter(loaded)) return (sql) => loaded.unstable_splitSqlQuery(sql);
  throw new D1Error({
    code: 'wrangler-unsupported',
    message: `wrangler ${wrangler.version} does not export the function that splits SQL.`,
    fix: 'Update the D1 plugins, or install another version of wrangler.',
    location: { file: wrangler.entry },
    exitCode: 2,
  });
}

const hasSplitter = (loaded: unknown): loaded is { unstable_splitSqlQuery(sql: string): string[] } =>
  typeof loaded === 'object' &&
  loaded !== null &&
  'unstable_splitSqlQuery' in loaded &&
  typeof loaded.unstable_splitSqlQuery === 'function';
