import { existsSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { D1Error, isObject } from 'd1-core/errors';
import { lineIndex } from 'd1-core/sql';
import { checkConfig } from './check-config.ts';
import { CONFIG_NAMES } from '../words.ts';
import type { LintConfig } from './config.ts';

/** A config with the folder that its paths are relative to. */
export interface LoadedConfig {
  readonly config: LintConfig;
  readonly folder: string;
  /** Undefined where there is no file. */
  readonly file: string | undefined;
}

/** The config file of a folder, or of the nearest one above it up to `root`. */
export const findConfig = (folder: string, root?: string): string | undefined =>
  findUpward(CONFIG_NAMES, folder, root);

/** The first of some files that is in a folder, or in the nearest one above it; up to `root`, or as far as it goes. */
export function findUpward(names: readonly string[], folder: string, root?: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = names.map((name) => join(at, name)).find((candidate) => existsSync(candidate));
    if (file !== undefined) return file;
    if ((root !== undefined && at === resolve(root)) || at === dirname(at)) return undefined;
  }
}

/** Throws D1Error `invalid-lint-config`, `unknown-rule` or `no-lint-config`. */
export async function loadConfig(file: string, ruleIds: readonly string[]): Promise<LoadedConfig> {
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() !== false) {
    throw new D1Error({
      code: 'no-lint-config',
      message: `There is no config file ${file}.`,
      fix: `Correct the path, or leave "config" out: then the nearest ${CONFIG_NAMES.join(' or ')} is taken.`,
      exitCode: 2,
    });
  }
  const value = file.endsWith('.ts') ? await loadModule(file) : readJson(file);
  return { config: checkConfig(value, file, ruleIds), folder: dirname(file), file };
}

async function loadModule(file: string): Promise<unknown> {
  let loaded: unknown;
  try {
    loaded = await import(pathToFileURL(file).href);
  } catch (cause) {
    const isOldNode = isObject(cause) && cause['code'] === 'ERR_UNKNOWN_FILE_EXTENSION';
    const fix = isOldNode
      ? 'TypeScript needs Node 22.18 or newer; a .json file works on all.'
      : 'Correct it.';
    throw invalid(file, isObject(cause) ? String(cause['message']) : String(cause), { fix, cause });
  }
  if (isObject(loaded) && 'default' in loaded) return loaded['default'];
  throw invalid(file, 'it has no default export', {
    fix: "Write: export default { preset: 'recommended' };",
  });
}

function readJson(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return value;
  const { line } = lineIndex(text).positionAt(error.offset);
  throw invalid(file, printParseErrorCode(error.error), { fix: 'Correct it.', line });
}

const invalid = (
  file: string,
  reason: string,
  { fix, line, cause }: { readonly fix: string; readonly line?: number; readonly cause?: unknown },
) =>
  new D1Error({
    code: 'invalid-lint-config',
    message: `The config file cannot be read: ${reason}.`,
    fix,
    exitCode: 2,
    location: { file, line },
    cause,
  });
