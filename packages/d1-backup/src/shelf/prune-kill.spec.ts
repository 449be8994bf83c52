import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { moments } from 'd1-core/testing';
import { backupWorkspace, outputOf } from '../testing/backups.ts';
import { startExecutor } from '../testing/restores.ts';
import { archivesOf, nameOf, UNPROVED } from '../testing/shelves.ts';

const DEVELOPMENT = { environment: { name: 'development', location: 'local' } } as const;
const DAYS = Array.from({ length: 60 }, (_, index) => index + 1);
/** The newest two, and the newest proved one after them. */
const KEPT = [nameOf(1), nameOf(2), nameOf(31)];

let files: Readonly<Record<string, Buffer>> = {};
let runMs = 0;

function makeShelf() {
  const workspace = backupWorkspace();
  mkdirSync(outputOf(workspace));
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(outputOf(workspace), name), bytes);
  return workspace;
}

beforeAll(async () => {
  files = {
    ...(await archivesOf(DAYS.slice(0, 30), { ...DEVELOPMENT, ...UNPROVED })),
    ...(await archivesOf(DAYS.slice(30), DEVELOPMENT)),
  };
  const started = performance.now();
  await startExecutor('prune', makeShelf(), { keepLast: 2 });
  runMs = performance.now() - started;
});

describe('a prune that is killed', () => {
  it.each(moments(2))(
    'after %f of its time has deleted nothing that stays, and can be run again',
    async (moment) => {
      const workspace = makeShelf();
      const killed = startExecutor('prune', workspace, { keepLast: 2 });
      await Promise.race([wait(moment * runMs), killed]);
      killed.kill('SIGKILL');
      await killed;

      const left = readdirSync(outputOf(workspace)).toSorted();
      expect(left).toEqual(expect.arrayContaining(KEPT));
      for (const name of left)
        expect(readFileSync(join(outputOf(workspace), name)).equals(files[name] ?? Buffer.alloc(0))).toBe(
          true,
        );
      // The oldest go first, so that what is left has no gaps.
      expect(left.filter((name) => !KEPT.includes(name))).toEqual(
        Object.keys(files)
          .filter((name) => !KEPT.includes(name))
          .toSorted()
          .slice(Object.keys(files).length - left.length),
      );

      expect((await startExecutor('prune', workspace, { keepLast: 2 })).exitCode).toBe(0);
      expect(readdirSync(outputOf(workspace)).toSorted()).toEqual(KEPT.toSorted());
    },
  );
});
