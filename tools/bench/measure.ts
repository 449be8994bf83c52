import { execa } from 'execa';

/** One command to time as a whole process. */
export interface Contender {
  readonly name: string;
  /** Brings the files into the state in which every round begins; not timed. */
  readonly prepare: () => void | Promise<void>;
  readonly command: readonly [string, ...string[]];
  readonly cwd: string;
  readonly env: Readonly<Record<string, string>>;
  /** Which exit statuses are success; only 0 unless said otherwise. */
  readonly exitCodes?: readonly number[];
}

export interface Measurement {
  readonly name: string;
  readonly medianMs: number;
  readonly minMs: number;
  readonly maxMs: number;
}

/**
 * Times each contender once a round, so that what else the machine does falls on all of them alike. One round before
 * the first is not counted: it fills the caches.
 */
export async function measure(
  contenders: readonly Contender[],
  rounds: number,
): Promise<readonly Measurement[]> {
  const times = contenders.map((): number[] => []);
  for (let round = 0; round <= rounds; round++) {
    for (const [index, { prepare, command, cwd, env, exitCodes = [0] }] of contenders.entries()) {
      await prepare();
      const [file, ...args] = command;
      const { durationMs, exitCode, all } = await execa(file, args, {
        cwd,
        env,
        all: true,
        reject: false,
        stdin: 'ignore',
      });
      if (exitCode === undefined || !exitCodes.includes(exitCode))
        throw new Error(`${command.join(' ')} failed:\n${all}`);
      if (round > 0) times[index]?.push(durationMs);
    }
  }
  return contenders.map(({ name }, index) => summarize(name, times[index] ?? []));
}

/** The times of one contender, in milliseconds. */
export function summarize(name: string, times: readonly number[]): Measurement {
  const sorted = times.toSorted((a, b) => a - b);
  return {
    name,
    medianMs: sorted[Math.floor(sorted.length / 2)] ?? NaN,
    minMs: sorted[0] ?? NaN,
    maxMs: sorted.at(-1) ?? NaN,
  };
}

/** Prints measurements as a table; the first is the baseline of the ratios. */
export function printRatios(title: string, measurements: readonly Measurement[]): void {
  const baseline = measurements[0]?.medianMs ?? NaN;
  console.log(`\n${title}`);
  const seconds = (ms: number) => (ms / 1000).toFixed(2).padStart(6);
  const width = Math.max(...measurements.map(({ name }) => name.length));
  console.log(`${' '.repeat(width)}  median     min     max  ratio`);
  for (const { name, medianMs, minMs, maxMs } of measurements) {
    const ratio = (medianMs / baseline).toFixed(2).padStart(5);
    console.log(
      `${name.padEnd(width)}  ${seconds(medianMs)}  ${seconds(minMs)}  ${seconds(maxMs)}  ${ratio}`,
    );
  }
}
