import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  renameSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { basename, join } from 'node:path';
import { temporaryFolder } from '../testing/index.ts';
import { makeThrowAwayFolder } from './index.ts';

const DAY = 24 * 60 * 60;

/** Starts a process that makes a folder in `parent` and does something then. Returns the folder's path. */
function folderOfProcess(parent: string, then: string): string {
  const program = `
    import { makeThrowAwayFolder } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
    const { path } = makeThrowAwayFolder(${JSON.stringify(parent)});
    process.stdout.write(path);
    ${then};
  `;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', program]);
  return String(stdout);
}

/** Gives the folder of this process another machine or another process in its name, and an age in seconds. */
function pretend(path: string, change: (name: string) => string, age = 0): string {
  const other = join(path, '..', change(basename(path)));
  renameSync(path, other);
  const time = Date.now() / 1000 - age;
  utimesSync(other, time, time);
  return other;
}

const onAnotherMachine = (name: string) => name.replace(/[0-9a-f]{12}/, '0123456789ab');

describe('a throw-away folder', () => {
  let parent: string;
  beforeEach(() => {
    parent = temporaryFolder();
  });

  it('is for this user alone, and gone with all that is in it when it is removed', () => {
    const folder = makeThrowAwayFolder(parent);
    expect(statSync(folder.path).mode & 0o777).toBe(0o700);
    writeFileSync(join(folder.path, 'file'), '');
    folder.remove();
    folder.remove();
    expect(readdirSync(parent)).toEqual([]);
  });

  it.each(['', 'process.exit(130)', 'throw new Error("defect")'])(
    'goes when its process ends, with %j',
    (then) => {
      expect(folderOfProcess(parent, then)).not.toBe('');
      expect(readdirSync(parent)).toEqual([]);
    },
  );

  it('of a process that was killed is removed by the next run, and that of a living one is not', () => {
    const living = makeThrowAwayFolder(parent);
    const left = folderOfProcess(parent, 'process.kill(process.pid, "SIGKILL")');
    expect(existsSync(left)).toBe(true);
    makeThrowAwayFolder(parent).remove();
    expect([existsSync(left), existsSync(living.path)]).toEqual([false, true]);
    living.remove();
  });

  it('of another machine or container is removed only when it has given no sign of life for a day', () => {
    const young = pretend(makeThrowAwayFolder(parent).path, onAnotherMachine, DAY - 3600);
    const old = pretend(makeThrowAwayFolder(parent).path, (name) => onAnotherMachine(name) + 'x', DAY + 3600);
    makeThrowAwayFolder(parent).remove();
    expect([existsSync(young), existsSync(old)]).toEqual([true, false]);
  });

  it('is never taken for one by its name alone', () => {
    const path = makeThrowAwayFolder(parent).path;
    const dead = basename(path).replace(/-\d+-/, '-999999999-');
    symlinkSync(temporaryFolder(), join(parent, dead));
    mkdirSync(join(parent, 'd1-throw-away-mine'));
    makeThrowAwayFolder(parent).remove();
    expect(readdirSync(parent)).toEqual(expect.arrayContaining([dead, 'd1-throw-away-mine']));
  });
});
