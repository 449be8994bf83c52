import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import gte from 'semver/functions/gte.js';
import lt from 'semver/functions/lt.js';
import { D1Error, isObject } from '../errors/index.ts';

/** The wrangler that a project has installed. */
export interface Wrangler {
  readonly version: string;
  /** Its `package.json`; what wrangler depends on (Miniflare) is resolved from here. */
  readonly packageFile: string;
  /** The script of its command line, to be run by Node. */
  readonly bin: string;
  /** The module that holds its public functions. Loading it takes more than a second. */
  readonly entry: string;
  /** Where Node keeps compiled code between runs: loading wrangler takes half the time with it. */
  readonly compileCache: string;
  readonly can: WranglerFeatures;
}

/** What differs between the versions that we support; `reference` is wrangler's own change log. */
interface WranglerFeatures {
  /** Writes the name of its history table in quotes (4.105), which the stored schema shows. */
  readonly quotesHistoryTable: boolean;
  /** Hides its banner, and with it the check for updates (4.49). */
  readonly hideBanner: boolean;
  /**
   * Brings a workerd that lives on when it has been sent more than a megabyte of different statements. Measured: the one of
   * 4.66.0 dies of "HashIndex inconsistency", that of 4.73.0 does not.
   */
  readonly takeManyStatements: boolean;
}

/** The oldest wrangler that the plugins are tested with. */
const MINIMUM_VERSION = '4.33.2';

/**
 * Finds the wrangler that Node would load from `folder`. The variable `D1_WRANGLER` names another installed package
 * than `wrangler`, for tests with several versions.
 */
export function findWrangler(
  folder: string,
  packageName = process.env['D1_WRANGLER'] || 'wrangler',
): Wrangler {
  const packageFile = resolvePackage(folder, packageName, `${packageName}/package.json`);
  const { version, bin } = readManifest(packageFile);
  if (lt(version, MINIMUM_VERSION)) {
    throw new D1Error({
      code: 'wrangler-too-old',
      message: `wrangler ${version} is installed; the D1 plugins need ${MINIMUM_VERSION} or newer.`,
      fix: 'Run "npm install --save-dev wrangler@latest".',
      location: { file: packageFile },
      exitCode: 2,
    });
  }
  return {
    version,
    packageFile,
    bin: join(dirname(packageFile), bin),
    entry: resolvePackage(folder, packageName, packageName),
    compileCache: join(dirname(packageFile), '..', '.cache', 'd1', 'compile-cache'),
    can: {
      hideBanner: gte(version, '4.49.0'),
      takeManyStatements: gte(version, '4.73.0'),
      quotesHistoryTable: gte(version, '4.105.0'),
    },
  };
}

function resolvePackage(folder: string, packageName: string, specifier: string): string {
  try {
    return createRequire(join(folder, 'package.json')).resolve(specifier);
  } catch (cause) {
    throw new D1Error({
      code: 'wrangler-not-found',
      message: `${packageName} is not installed: Node finds no such package from ${folder}.`,
      fix: 'Run "npm install --save-dev wrangler".',
      exitCode: 2,
      cause,
    });
  }
}

function readManifest(packageFile: string): { version: string; bin: string } {
  const manifest: unknown = JSON.parse(readFileSync(packageFile, 'utf8'));
  if (isObject(manifest) && typeof manifest['version'] === 'string' && isObject(manifest['bin'])) {
    const bin = manifest['bin']['wrangler'];
    if (typeof bin === 'string') return { version: manifest['version'], bin };
  }
  throw new D1Error({
    code: 'wrangler-not-found',
    message: 'This is not a package of wrangler: it has no command of that name.',
    fix: 'Install wrangler again: "npm install --save-dev wrangler".',
    location: { file: packageFile },
    exitCode: 2,
  });
}
