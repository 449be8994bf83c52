// usage: npx node tools/bench/lint.ts [rounds]
// Times a cold process of the bin "d1-lint" on 10, 100 and 1,000 migrations, takes its peak memory, and times
// "sqlfluff lint --dialect sqlite" on the same files where it is installed. All ratios of a table are of one run.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { writeLintFolder } from './lint-folder.ts';
import { measure, printRatios, type Contender, type Measurement } from './measure.ts';
import { peakMemory } from './peak-memory.ts';
import { REPOSITORY } from './workspace.ts';

const SIZES = [10, 100, 1000];
/** One round of it on 1,000 files takes minutes. */
const LARGEST_FOR_SQLFLUFF = 100;

const rounds = Number(process.argv[2] ?? 3);
const env = { NO_COLOR: '1' };
const bin = join(REPOSITORY, 'packages/d1-lint/dist/cli.js');

const root = mkdtempSync(join(tmpdir(), 'd1-bench-lint-'));
const contender = (name: string, command: Contender['command'], exitCodes = [0]): Contender => ({
  name,
  prepare: () => undefined,
  command,
  cwd: root,
  env,
  exitCodes,
});
const lintCommand = (folder: string): Contender['command'] => [process.execPath, bin, folder];

async function sqlfluffVersion(): Promise<string | undefined> {
  const { failed, stdout } = await execa('sqlfluff', ['--version'], { reject: false });
  return failed ? undefined : stdout;
}

try {
  await execa(process.execPath, [join(REPOSITORY, 'tools/build.mjs'), 'packages/d1-lint'], {
    cwd: REPOSITORY,
  });
  const sqlfluff = await sqlfluffVersion();
  console.log(
    sqlfluff === undefined
      ? 'sqlfluff is not installed, so there is nothing to compare with (Debian: apt-get install sqlfluff).'
      : `Compared with ${sqlfluff}, up to ${LARGEST_FOR_SQLFLUFF} files.`,
  );
  const results: (readonly [size: number, Measurement])[] = [];
  for (const size of SIZES) {
    const folder = join(root, String(size));
    writeLintFolder(folder, size);
    const measurements = await measure(
      [
        contender('d1-lint', lintCommand(folder)),
        ...(sqlfluff !== undefined && size <= LARGEST_FOR_SQLFLUFF
          ? // It exits with 1 when it finds something, and it does: about layout.
            [contender('sqlfluff lint', ['sqlfluff', 'lint', '--dialect', 'sqlite', folder], [0, 1])]
          : []),
        contender('d1-lint --version, which loads no rule', [process.execPath, bin, '--version']),
      ],
      size <= LARGEST_FOR_SQLFLUFF ? rounds : Math.min(rounds, 3),
    );
    printRatios(`${size} migrations`, measurements);
    const [own] = measurements;
    if (own !== undefined) results.push([size, own]);
    const megabytes = await peakMemory(lintCommand(folder), { cwd: root, env });
    console.log(`Peak memory of d1-lint: ${megabytes.toFixed(0)} MB`);
  }
  console.log('\nCost of one more file');
  for (const [index, [size, { medianMs }]] of results.entries()) {
    const before = results[index - 1];
    if (before === undefined) continue;
    const each = (medianMs - before[1].medianMs) / (size - before[0]);
    console.log(`from ${before[0]} to ${size}: ${each.toFixed(2)} ms`);
  }
} finally {
  rmSync(root, { recursive: true });
}
