import type { CloudflareApi } from 'cloudflare-api';
import type { NxWorkspace } from 'd1-core/testing';
import { execa } from 'execa';

export interface ShellRun {
  readonly exitCode: number | undefined;
  /** Standard output and error, as they came. */
  readonly all: string;
}

/** Where a page is run. */
export type PageWorkspace = Pick<NxWorkspace, 'root' | 'env'>;

/** What npx does with what is installed, without the third of a second that npm takes to start. */
const NPX = 'npx() { PATH="$PAGE_ROOT/node_modules/.bin:$PATH" "$@"; }';

/** Runs commands as somebody would in a clone, with a stand-in in Cloudflare's place. */
export async function runShell(
  text: string,
  workspace: PageWorkspace,
  api: CloudflareApi,
  env: Readonly<Record<string, string>> = {},
): Promise<ShellRun> {
  const commands = text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, new URL(api.baseUrl).origin);
  const { exitCode, all } = await execa('bash', ['-euo', 'pipefail', '-c', `${NPX}\n${commands}`], {
    cwd: workspace.root,
    all: true,
    reject: false,
    stdin: 'ignore',
    timeout: 110_000,
    env: { ...workspace.env, ...api.env, PAGE_ROOT: workspace.root, ...env },
  });
  return { exitCode, all };
}
