import { parse } from 'jsonc-parser';
import { readFileSync } from 'node:fs';
import { isObject } from '../errors/index.ts';

/** What a JSON file holds, with comments or without; undefined where it is not there, broken, or no object. */
export function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // A missing file is the usual case; a broken one is Nx's to report.
    return undefined;
  }
}
