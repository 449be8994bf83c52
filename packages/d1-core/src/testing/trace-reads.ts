import { readFileSync, statSync } from 'node:fs';
import { isAbsolute, join, relative, resolve, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { minimatch } from 'minimatch';
import { temporaryFolder } from './files.ts';

export interface Reads {
  /** Whatever was looked at, also where nothing is there; relative, with `/`, and with one at the end of a folder. */
  readonly paths: readonly string[];
  /** The environment variables that were asked for by name. */
  readonly variables: readonly string[];
}

/** Runs a module in a folder, in a process of its own, and tells what it looked at there and in the environment. */
export async function traceReads(folder: string, module: string): Promise<Reads> {
  const output = join(temporaryFolder(), 'trace.json');
  const preload = join(import.meta.dirname, 'trace-preload.ts');
  const args = ['--conditions=@nx-d1/source', '--import', preload, '--input-type=module', '--eval', module];
  await execa(process.execPath, args, {
    cwd: folder,
    env: { TRACE_OUTPUT: output, NODE_OPTIONS: '', GITHUB_ACTIONS: '' },
  });
  const { paths, variables }: Reads = JSON.parse(readFileSync(output, 'utf8'));
  return { paths: [...new Set(paths.flatMap((path) => within(folder, path)))].sort(), variables };
}

function within(folder: string, path: string): readonly string[] {
  const parts = relative(folder, resolve(folder, path.startsWith('file:') ? fileURLToPath(path) : path));
  if (isAbsolute(parts) || parts === '' || parts.split(sep)[0] === '..') return [];
  if (parts.split(sep).includes('node_modules')) return [];
  const isFolder = statSync(join(folder, parts), { throwIfNoEntry: false })?.isDirectory() === true;
  return [`${parts.split(sep).join('/')}${isFolder ? '/' : ''}`];
}

/** How the output is painted, and what Node and libraries ask for when they are tested or watched themselves. */
const WITHOUT_EFFECT = /^(FORCE_COLOR|NO_COLOR|NODE_|WATCH_REPORT_|JEST_|UNDICI_|__MINIMATCH_TESTING)/;

/**
 * What was looked at that no input of an Nx target covers. A folder is covered where what may be in it is.
 */
export function notCovered({ paths, variables }: Reads, inputs: readonly unknown[]): readonly string[] {
  const files = inputs.flatMap((input) =>
    typeof input === 'string' && input.startsWith(ROOT) ? [input.slice(ROOT.length)] : [],
  );
  const known = inputs.flatMap((input) =>
    typeof input === 'object' && input !== null && 'env' in input ? [input.env] : [],
  );
  return [
    ...paths.filter((path) =>
      files.every(
        (glob) => !minimatch(path.replace(/\/$/, ''), glob, { dot: true, partial: path.endsWith('/') }),
      ),
    ),
    ...variables.filter((name) => !known.includes(name) && !WITHOUT_EFFECT.test(name)),
  ];
}

const ROOT = '{workspaceRoot}/';
