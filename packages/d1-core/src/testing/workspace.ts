import { cpSync, mkdirSync, symlinkSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { temporaryFolder, testWrangler, writeFiles } from './files.ts';

export interface WorkspaceFiles {
  /** Text by name, for the migrations folder. */
  readonly migrations?: Readonly<Record<string, string | Uint8Array>>;
  /** Replaces the wrangler config. */
  readonly wranglerToml?: string;
}

export interface TestWorkspace {
  readonly root: string;
  /** Relative to the root, as executors get it. */
  readonly wranglerConfig: string;
  write(files: Readonly<Record<string, string | Uint8Array>>): void;
}

const WRANGLER_TOML = `
name = "test"
compatibility_date = "2025-08-01"

[env.development]
[[env.development.d1_databases]]
binding = "DB"
database_name = "test-development"
database_id = "4cf4d5ab-1234-4321-8888-1e1ae4d3a8a0"
migrations_dir = "migrations"

[env.production]
[[env.production.d1_databases]]
binding = "DB"
database_name = "test-production"
database_id = "9b1c7d0e-5b7d-4a55-8f0c-0d9b6f7c2e11"
migrations_dir = "migrations"
`;

/** A folder with a wrangler config and migrations, in which the wrangler under test is installed. */
export function testWorkspace({
  migrations = {},
  wranglerToml = WRANGLER_TOML,
}: WorkspaceFiles = {}): TestWorkspace {
  const root = temporaryFolder();
  writeFiles(root, {
    'wrangler.toml': wranglerToml,
    'migrations/README.md': '',
    ...Object.fromEntries(Object.entries(migrations).map(([name, text]) => [`migrations/${name}`, text])),
  });
  // A node_modules of its own: wrangler keeps the account that it last chose below it.
  const wrangler = dirname(testWrangler().packageFile);
  mkdirSync(join(root, 'node_modules'));
  symlinkSync(wrangler, join(root, 'node_modules', basename(wrangler)), 'junction');
  return { root, wranglerConfig: 'wrangler.toml', write: (files) => writeFiles(root, files) };
}

const prepared = new Map<string, Promise<TestWorkspace>>();

/** A workspace of its own, with what `prepare` did once for all tests of a file that begin with the same files. */
export async function copyOfWorkspace(
  files: WorkspaceFiles,
  prepare: (workspace: TestWorkspace) => Promise<void>,
): Promise<TestWorkspace> {
  const key = JSON.stringify(files);
  const preparing =
    prepared.get(key) ??
    (async () => {
      const workspace = testWorkspace(files);
      await prepare(workspace);
      return workspace;
    })();
  prepared.set(key, preparing);
  const { root } = await preparing;
  const copy = testWorkspace(files);
  const isOwn = (path: string) => path !== join(root, 'node_modules');
  cpSync(root, copy.root, { recursive: true, filter: isOwn });
  return copy;
}
