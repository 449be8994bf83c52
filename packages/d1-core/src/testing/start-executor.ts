import { execa } from 'execa';
import type { TestWorkspace } from './workspace.ts';

/** Runs an executor in a process of its own, by the script of its package. Settles when the process has ended, however it did. */
export function startExecutorWith(
  script: string,
  name: string,
  { root, wranglerConfig }: TestWorkspace,
  options: object,
  env: Readonly<Record<string, string>> = {},
) {
  return execa(process.execPath, [script, name, root, JSON.stringify({ wranglerConfig, ...options })], {
    reject: false,
    stdin: 'ignore',
    env: { NO_COLOR: '1', FORCE_COLOR: undefined, GITHUB_ACTIONS: undefined, ...env },
  });
}
