import { D1Error } from 'd1-core/errors';

/** A part of a fleet that is migrated before the next one is begun. */
export interface Wave<Member> {
  readonly name: string;
  readonly members: readonly Member[];
}

interface Labelled {
  readonly name: string;
  /** What the list of members says. */
  readonly wave: string | undefined;
}

export interface WaveOptions {
  /** Sizes such as `1, 1%, 10%, rest`; what is left over is a last wave. */
  readonly sizes: string;
  /** Names of members that come first, in a wave of their own. */
  readonly canaries: readonly string[];
}

/**
 * Divides a fleet into waves, in the order of its list. Where the list names waves, they are taken in the order in which they come
 * there, and those without one come last; else the sizes count. Throws D1Error `invalid-waves`.
 */
export function divide<Member extends Labelled>(
  members: readonly Member[],
  { sizes, canaries }: WaveOptions,
): readonly Wave<Member>[] {
  const first = new Set(canaries);
  const others = members.filter(({ name }) => !first.has(name));
  const waves = others.some(({ wave }) => wave !== undefined)
    ? byLabel(others)
    : bySize(others, parseSizes(sizes), members.length);
  const canary = { name: 'canaries', members: members.filter(({ name }) => first.has(name)) };
  return [canary, ...waves].filter((wave) => wave.members.length > 0);
}

function byLabel<Member extends Labelled>(members: readonly Member[]): readonly Wave<Member>[] {
  const waves = Map.groupBy(members, ({ wave }) => wave);
  const labelled = [...waves].flatMap(([label, part]) =>
    label === undefined ? [] : [{ name: label, members: part }],
  );
  return [...labelled, { name: 'rest', members: waves.get(undefined) ?? [] }];
}

function bySize<Member>(
  members: readonly Member[],
  sizes: readonly Size[],
  total: number,
): readonly Wave<Member>[] {
  let from = 0;
  const waves = sizes.map(({ written, count }) => {
    const part = members.slice(from, from + count(total));
    from += part.length;
    return { name: written, members: part };
  });
  return [...waves, { name: 'rest', members: members.slice(from) }];
}

interface Size {
  readonly written: string;
  readonly count: (total: number) => number;
}

function parseSizes(written: string): readonly Size[] {
  return written.split(',').map((part) => {
    const size = part.trim();
    if (size === 'rest') return { written: size, count: () => Infinity };
    const amount = parseAmount(size);
    if (amount === undefined)
      throw new D1Error({
        code: 'invalid-waves',
        message: `--waves=${written}: "${size}" is not the size of a wave.`,
        fix: 'Write numbers of databases or percentages, such as --waves=1,1%,10%,rest',
        exitCode: 2,
      });
    return { written: size, count: (total) => Math.max(1, Math.ceil(amount(total))) };
  });
}

/** `5` or `2.5%`, as a function of the whole. */
export function parseAmount(written: string): ((whole: number) => number) | undefined {
  const [, number, percent] = /^(\d+(?:\.\d+)?)(%?)$/.exec(written) ?? [];
  if (number === undefined) return undefined;
  const value = Number(number);
  if (percent === '%') return value > 100 ? undefined : (whole) => (whole * value) / 100;
  return Number.isInteger(value) ? () => value : undefined;
}
