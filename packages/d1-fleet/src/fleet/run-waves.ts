import { D1Error } from 'd1-core/errors';
import { parseAmount, type Wave } from '../waves/waves.ts';

/** How many members may fail. A number counts over the whole run, a percentage in each wave. */
export type MaxFailures = (
  failures: { readonly inRun: number; readonly inWave: number },
  wave: number,
) => boolean;

/** Reads `--maxFailures`. Throws D1Error `invalid-max-failures`. */
export function parseMaxFailures(written: string): MaxFailures {
  const amount = parseAmount(written);
  if (amount === undefined)
    throw new D1Error({
      code: 'invalid-max-failures',
      message: `--maxFailures=${written} is neither a number nor a percentage.`,
      fix: 'Write a number of databases, such as --maxFailures=5, or a percentage of each wave, such as --maxFailures=1%',
      exitCode: 2,
    });
  return written.endsWith('%')
    ? ({ inWave }, size) => inWave > amount(size)
    : ({ inRun }) => inRun > amount(0);
}

export interface WavesRun<Member> {
  readonly waves: readonly Wave<Member>[];
  /** Works on one member, and says whether it may count as migrated. Must not throw but for defects. */
  readonly work: (member: Member) => Promise<boolean>;
  /** How many are worked on at a time. */
  readonly concurrency: number;
  readonly maxFailures: MaxFailures;
  readonly onWave?: ((wave: Wave<Member>) => void) | undefined;
  readonly signal: AbortSignal;
}

/** Why a run did not come to its end. */
export type Stop =
  | { readonly reason: 'too-many-failures'; readonly wave: string; readonly failed: number }
  | { readonly reason: 'interrupted'; readonly wave: string };

export interface WavesResult<Member> {
  readonly stop: Stop | undefined;
  /** Those that were not begun. */
  readonly left: readonly Member[];
}

/** Works on all members, wave after wave, and stops where too many fail or where it is interrupted. What was begun is ended. */
export async function runWaves<Member>({
  waves,
  work,
  concurrency,
  maxFailures,
  onWave,
  signal,
}: WavesRun<Member>): Promise<WavesResult<Member>> {
  let inRun = 0;
  for (const [index, wave] of waves.entries()) {
    let inWave = 0;
    let next = 0;
    const { name, members } = wave;
    const isStopped = () => signal.aborted || maxFailures({ inRun, inWave }, members.length);
    onWave?.(wave);
    const worker = async () => {
      while (!isStopped()) {
        const member = members[next];
        if (member === undefined) return;
        next += 1;
        if (await work(member)) continue;
        inRun += 1;
        inWave += 1;
      }
    };
    await Promise.all(Array.from({ length: Math.min(concurrency, members.length) }, worker));
    if (!isStopped()) continue;
    const left = [...members.slice(next), ...waves.slice(index + 1).flatMap((later) => later.members)];
    const isFailure = maxFailures({ inRun, inWave }, members.length);
    if (!isFailure && left.length === 0) continue;
    const stop: Stop = isFailure
      ? { reason: 'too-many-failures', wave: name, failed: inWave }
      : { reason: 'interrupted', wave: name };
    return { stop, left };
  }
  return { stop: undefined, left: [] };
}
