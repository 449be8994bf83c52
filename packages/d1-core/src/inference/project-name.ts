import { basename, join } from 'node:path';
import { isObject } from '../errors/index.ts';
import { readJson } from './read-json.ts';

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
