import { enableCompileCache } from 'node:module';
import { pathToFileURL } from 'node:url';
import { D1Error } from '../errors/index.ts';
import type { Wrangler } from './find-wrangler.ts';

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
