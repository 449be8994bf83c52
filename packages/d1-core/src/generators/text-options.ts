import { D1Error } from '../errors/index.ts';

/**
 * The options of a generator as texts: Nx makes a number of what looks like one. Throws D1Error `number-option` for one whose
 * digits are not kept.
 */
export function textOptions<Options extends object>(options: Options): Options {
  const texts = Object.entries(options).flatMap(([name, value]) => {
    if (typeof value !== 'number') return [];
    if (!Number.isFinite(value) || Math.abs(value) > Number.MAX_SAFE_INTEGER) throw notKept(name, value);
    return [[name, String(value)]];
  });
  return { ...options, ...Object.fromEntries(texts) };
}

const notKept = (name: string, value: number): D1Error =>
  new D1Error({
    code: 'number-option',
    message: `Nx has read the option ${name} as the number ${value}, and what was written is lost.`,
    fix: 'Leave it out, or write something else there, and correct it in the file that is made.',
    exitCode: 2,
  });
