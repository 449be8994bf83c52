import { randomInt } from 'node:crypto';
import { visible } from './visible.ts';

type Paint = (text: string) => string;

/** Known to this process alone: what looks like a color in a name or a row is none. Terminals pass over such numbers. */
const MARK = Array.from({ length: 3 }, () => randomInt(1000, 10_000)).join(';');

const sequence = (code: number): string => `\u001b[${MARK};${code}m`;

const paint =
  (open: number, close: number): Paint =>
  (text) =>
    `${sequence(open)}${text}${sequence(close)}`;

/** Colors for a terminal. Whether it has any is known where the lines are written: see `terminalText`. */
export const style = {
  bold: paint(1, 22),
  dim: paint(2, 22),
  good: paint(32, 39),
  warn: paint(33, 39),
  bad: paint(31, 39),
  link: paint(36, 39),
} as const satisfies Record<string, Paint>;

const SEQUENCES = new RegExp(`(\\u001b\\[${MARK};\\d+m)`);
const CODES = new RegExp(`\\u001b\\[${MARK};(\\d+)m`, 'g');

/** A line of which all can be seen but the colors of `style`. */
export const visibleLine = (line: string): string =>
  line
    .split(SEQUENCES)
    .map((part, index) => (index % 2 === 0 ? visible(part) : part))
    .join('');

/** The colors of `style` as a terminal takes them, or none. */
export const paintLine = (line: string, hasColors: boolean): string =>
  line.replaceAll(CODES, (_, code: string) => (hasColors ? `\u001b[${code}m` : ''));
