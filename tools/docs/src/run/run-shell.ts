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

/** Runs commands as somebody would in a clone, with a stand-in in Cloudflare's place. */
export async function runShell(
  text: string,
  workspace: PageWorkspace,
  api: CloudflareApi,
  env: Readonly<Record<string, string>> = {},
): Promise<ShellRun> {
  const { exitCode, all } = await execa(
    'bash',
    ['-euo', 'pipefail', '-c', text.replaceAll(/http:\/\/127\.0\.0\.1:\d+/g, new URL(api.baseUrl).origin)],
    {
      cwd: workspace.root,
      all: true,
      reject: false,
      stdin: 'ignore',
      timeout: 110_000,
      env: { ...workspace.env, ...api.env, ...env },
    },
  );
  return { exitCode, all };
}
