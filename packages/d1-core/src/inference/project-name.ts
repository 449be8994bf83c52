import { parse } from 'jsonc-parser';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { isObject } from './is-object.ts';

/** The name under which Nx knows a project folder, for help texts. */
export function readProjectName(folder: string): string {
  const manifest = readJson(join(folder, 'package.json'));
  const candidates = [
    readJson(join(folder, 'project.json'))?.['name'],
    nameOf(manifest?.['nx']),
    manifest?.['name'],
  ];
  return candidates.find((name) => typeof name === 'string') ?? basename(folder);
}

function nameOf(value: unknown): unknown {
  return isObject(value) ? value['name'] : undefined;
}

function readJson(file: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = parse(readFileSync(file, 'utf8'));
    return isObject(value) ? value : undefined;
  } catch {
    // A missing file is the usual case; a broken one is Nx's to report.
    return undefined;
  }
}
