import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, type TestWorkspace } from 'd1-core/testing';
import { execa, execaSync } from 'execa';
import { backupWorkspace, outputOf, putLocalObjects } from '../testing/backups.ts';

const EXECUTOR = join(import.meta.dirname, '../testing/run-executor.ts');

const command = ({ root, wranglerConfig }: TestWorkspace): readonly string[] => [
  process.execPath,
  EXECUTOR,
  'backup',
  root,
  JSON.stringify({ wranglerConfig, photosOnly: true, json: true }),
];

/** Runs a backup in a shell that has made room scarce, and returns what it leaves in the output folder. */
async function backupAfter(scarcity: string, workspace: TestWorkspace) {
  const output = outputOf(workspace);
  const listing = join(temporaryFolder(), 'listing');
  const script = `${scarcity}; shift; "$@"; status=$?; ls -A "${output}" > "${listing}"; exit $status`;
  const { stdout } = await execa('sh', ['-c', script, 'sh', output, ...command(workspace)], {
    reject: false,
  });
  return { document: JSON.parse(stdout), left: readFileSync(listing, 'utf8').split('\n').filter(Boolean) };
}

const EARLIER = 'backup-2024-01-01-000000.zip';

async function workspaceWithPhotos(): Promise<TestWorkspace> {
  const workspace = backupWorkspace();
  await putLocalObjects(
    workspace,
    Object.fromEntries(Array.from({ length: 8 }, (_, index) => [`photo ${index}`, randomBytes(900_000)])),
  );
  mkdirSync(outputOf(workspace));
  writeFileSync(join(outputOf(workspace), EARLIER), 'an earlier archive');
  return workspace;
}

describe('a disk without room', () => {
  it('in the middle of an archive leaves nothing of it, and the earlier ones', async () => {
    const workspace = await workspaceWithPhotos();
    const { document, left } = await backupAfter('ulimit -f 4000', workspace);
    expect(document).toMatchObject({
      exitCode: 1,
      error: { code: 'disk-full', notes: ['No archive was made. Earlier archives are as they were.'] },
    });
    expect(left).toEqual([EARLIER]);
    expect(readFileSync(join(outputOf(workspace), EARLIER), 'utf8')).toBe('an earlier archive');
  });

  it('for what is known to come is noticed before anything is fetched', async () => {
    const workspace = await workspaceWithPhotos();
    // Where no small file system may be mounted, the limit of a file's size stands in for it.
    const mounts = canMount();
    const scarcity = mounts ? 'mount -t tmpfs -o size=3m tmpfs "$1"' : 'ulimit -f 1000';
    const mounted = await backupAfter(scarcity, workspace).finally(() => {
      if (mounts) execaSync('umount', [outputOf(workspace)]);
    });
    expect(mounted.document).toMatchObject({ exitCode: 1, error: { code: 'disk-full' } });
    expect(existsSync(join(outputOf(workspace), EARLIER))).toBe(true);
    expect(readdirSync(outputOf(workspace))).toEqual([EARLIER]);
  });
});

function canMount(): boolean {
  const folder = temporaryFolder();
  const options = ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder];
  const { exitCode } = execaSync('mount', options, { reject: false });
  if (exitCode === 0) execaSync('umount', [folder]);
  return exitCode === 0;
}
