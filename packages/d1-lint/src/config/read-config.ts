import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parse, printParseErrorCode, type ParseError } from 'jsonc-parser';
import { D1Error } from 'd1-core/errors';
import { lineIndex } from 'd1-core/sql';
import { checkConfig } from './check-config.ts';
import type { LintConfig } from './config.ts';

export const CONFIG_NAMES = ['d1-lint.config.json', 'd1-lint.config.ts'] as const;

/** A config with the folder that its paths are relative to. */
export interface LoadedConfig {
  readonly config: LintConfig;
  readonly folder: string;
  /** Undefined where there is no file. */
  readonly file: string | undefined;
}

/** The config file of a folder, or of the nearest one above it up to `root`. */
export function findConfig(folder: string, root: string): string | undefined {
  for (let at = resolve(folder); ; at = dirname(at)) {
    const file = CONFIG_NAMES.map((name) => join(at, name)).find((candidate) => existsSync(candidate));
    if (file !== undefined) return file;
    if (at === resolve(root) || at === dirname(at)) return undefined;
  }
}

/** Throws D1Error `invalid-lint-config`, `unknown-rule` or `no-lint-config`. */
export async function loadConfig(file: string, ruleIds: readonly string[]): Promise<LoadedConfig> {
  if (!existsSync(file)) {
    throw new D1Error({
      code: 'no-lint-config',
      message: `There is no config file ${file}.`,
      fix: `Correct the path, or run "npx nx g d1-lint:init" to create ${CONFIG_NAMES[0]}.`,
      exitCode: 2,
    });
  }
  const value = file.endsWith('.ts') ? await loadModule(file) : readJson(file);
  return { config: checkConfig(value, file, ruleIds), folder: dirname(file), file };
}

async function loadModule(file: string): Promise<unknown> {
  try {
    const loaded: unknown = await import(pathToFileURL(file).href);
    return typeof loaded === 'object' && loaded !== null && 'default' in loaded ? loaded.default : undefined;
  } catch (cause) {
    throw invalid(file, cause instanceof Error ? cause.message : String(cause), undefined, cause);
  }
}

function readJson(file: string): unknown {
  const text = readFileSync(file, 'utf8');
  const errors: ParseError[] = [];
  const value: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error === undefined) return value;
  throw invalid(file, printParseErrorCode(error.error), lineIndex(text).positionAt(error.offset).line);
}

const invalid = (file: string, reason: string, line?: number, cause?: unknown) =>
  new D1Error({
    code: 'invalid-lint-config',
    message: `The config file cannot be read: ${reason}.`,
    fix: file.endsWith('.ts')
      ? 'It must export its config as default. TypeScript needs Node 22.18 or newer; a .json file works on all.'
      : 'Correct it.',
    exitCode: 2,
    location: { file, line },
    cause,
  });
