import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { moments, temporaryFolder } from '../testing/index.ts';

/** Milliseconds that the process below takes, about. */
const RUN = 1_600;

const MARK = 'D1_TEST_MARK';

/** Starts an engine and ends it, twice. */
const program = (folder: string) => `
  import { findWrangler } from ${JSON.stringify(join(import.meta.dirname, '../wrangler/index.ts'))};
  import { openLocalD1 } from ${JSON.stringify(join(import.meta.dirname, 'index.ts'))};
  for (let round = 0; round < 2; round++) {
    const d1 = openLocalD1({ wrangler: findWrangler(process.cwd()), id: 'killed', persistTo: ${JSON.stringify(folder)} });
    const asking = d1.batch(['SELECT 1']);
    console.log('starting');
    await asking;
    console.log('started');
    await d1.close();
    console.log('closed');
  }
`;

interface Started {
  readonly child: ChildProcess;
  readonly mark: string;
  /** Waits until the process has written a word. */
  said(word: string): Promise<void>;
}

function startProcess(): Started {
  const mark = randomUUID();
  const child = spawn(process.execPath, ['--input-type=module', '--eval', program(temporaryFolder())], {
    env: { ...process.env, [MARK]: mark },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.on('data', (data: Buffer) => (output += String(data)));
  return {
    child,
    mark,
    async said(word) {
      while (!output.includes(word) && child.exitCode === null) await once(child.stdout, 'data');
    },
  };
}

/** The processes that inherited the mark, by command line. */
function marked(mark: string): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      if (!readFileSync(`/proc/${name}/environ`, 'utf8').includes(mark)) continue;
      const command = readFileSync(`/proc/${name}/cmdline`, 'utf8');
      if (command !== '') found.set(Number(name), command);
    } catch {
      // It has ended meanwhile.
    }
  }
  return found;
}

async function untilNoneOf(mark: string): Promise<readonly string[]> {
  for (let attempt = 0; attempt < 200 && marked(mark).size > 0; attempt++) await wait(100);
  return [...marked(mark).values()];
}

const onLinux = existsSync('/proc/self/environ') ? describe : describe.skip;

onLinux('every process of the engine ends', () => {
  const ends = moments(4).map(
    (moment, index) => [index % 2 === 0 ? 'SIGKILL' : 'SIGTERM', Math.round(moment * RUN)] as const,
  );

  it.each(ends)('when the command gets a %s %i ms after it began to start', async (signal, moment) => {
    const { child, mark, said } = startProcess();
    await said('starting');
    await wait(moment);
    child.kill(signal);
    expect(await untilNoneOf(mark)).toEqual([]);
  });

  it('when the command is killed before the engine has loaded anything', async () => {
    const { child, mark } = startProcess();
    while (marked(mark).size < 2 && child.exitCode === null) await wait(1);
    child.kill('SIGKILL');
    expect(await untilNoneOf(mark)).toEqual([]);
  });

  it('when the process between the command and workerd is killed', async () => {
    const { child, mark, said } = startProcess();
    await said('started');
    for (const [pid, command] of marked(mark)) {
      if (command.includes('miniflare-program')) process.kill(pid, 'SIGKILL');
    }
    await once(child, 'exit');
    expect(await untilNoneOf(mark)).toEqual([]);
  });
});
