import { existsSync, readFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { D1Error } from '../errors/index.ts';
import type { WranglerConfig } from './types.ts';
import { parseWranglerConfig } from './wrangler-config.ts';

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
