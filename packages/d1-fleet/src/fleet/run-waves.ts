import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import type { Member } from '../members/member.ts';
import { parseAmount, type Wave, type WaveOptions } from '../waves/waves.ts';

/** Which members a run works on, in which waves, and when it stops. */
export interface WavesRequest extends WaveOptions {
  /** Names of the only members that are worked on; all where it is empty. */
  readonly only: readonly string[];
  /** Names of members that are left as they are. */
  readonly skip: readonly string[];
  readonly maxFailures: MaxFailures;
  /** The number of waves after which the run ends, all without it. */
  readonly lastWave?: number | undefined;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onProgress?: ((what: string, fraction: number) => void) | undefined;
}

/** The members that a run works on. Throws D1Error `unknown-member`. */
export function chosen(
  members: readonly Member[],
  { only, skip, canaries }: Pick<WavesRequest, 'only' | 'skip' | 'canaries'>,
): readonly Member[] {
  const names = new Set(members.map(({ name }) => name));
  for (const [option, list] of Object.entries({ only, skip, canary: canaries })) {
    const unknown = list.find((name) => !names.has(name));
    if (unknown !== undefined) throw unknownName(option, unknown);
  }
  const [wanted, unwanted] = [new Set(only), new Set(skip)];
  return members.filter(({ name }) => (only.length === 0 || wanted.has(name)) && !unwanted.has(name));
}

/** Works on members in waves, as a request asks, and shows how far it is. */
export function workInWaves<Outcome>(
  { concurrency, maxFailures, signal, onProgress }: WavesRequest,
  waves: readonly Wave<Member>[],
  what: string,
  { work, isGood }: Pick<WavesRun<Member, Outcome>, 'work' | 'isGood'>,
): Promise<WavesResult<Member, Outcome>> {
  const total = waves.reduce((sum, { members }) => sum + members.length, 0);
  let done = 0;
  let current = '';
  return runWaves({
    waves,
    async work(member) {
      const outcome = await work(member);
      done += 1;
      onProgress?.(`Wave ${current}: ${what} ${member.name}`, done / total);
      return outcome;
    },
    onWave: ({ name }) => void (current = name),
    ...{ isGood, concurrency, maxFailures, signal },
  });
}

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

export interface WavesRun<Member, Outcome> {
  readonly waves: readonly Wave<Member>[];
  /** Works on one member. Must not throw but for defects. */
  readonly work: (member: Member) => Promise<Outcome>;
  /** Whether a member of which this came does not count as failed. */
  readonly isGood: (outcome: Outcome) => boolean;
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

export interface WavesResult<Member, Outcome> {
  readonly outcomes: ReadonlyMap<Member, Outcome>;
  readonly stop: Stop | undefined;
  /** Those that were not begun. */
  readonly left: readonly Member[];
}

/** Works on all members, wave after wave, and stops where too many fail or where it is interrupted. What was begun is ended. */
export async function runWaves<Member, Outcome>({
  waves,
  work,
  isGood,
  concurrency,
  maxFailures,
  onWave,
  signal,
}: WavesRun<Member, Outcome>): Promise<WavesResult<Member, Outcome>> {
  const outcomes = new Map<Member, Outcome>();
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
        const outcome = await work(member);
        outcomes.set(member, outcome);
        if (isGood(outcome)) continue;
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
    return { outcomes, stop, left };
  }
  return { outcomes, stop: undefined, left: [] };
}

const unknownName = (option: string, name: string): D1Error =>
  new D1Error({
    code: 'unknown-member',
    message: `--${option}=${name}: the fleet has no database of this name.`,
    fix: `Correct the name; "${commandLine('d1-fleet:status', '--json')}" lists them.`,
    notes: ['No database was changed.'],
    exitCode: 2,
  });
