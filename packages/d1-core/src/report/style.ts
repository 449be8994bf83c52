import { styleText } from 'node:util';

type Paint = (text: string) => string;

/**
 * Colors for a terminal; `styleText` itself honours FORCE_COLOR and a missing terminal. NO_COLOR comes first, because Nx sets
 * FORCE_COLOR for its tasks unasked. https://no-color.org
 */
export const style = {
  bold: paint('bold'),
  dim: paint('dim'),
  good: paint('green'),
  warn: paint('yellow'),
  bad: paint('red'),
  link: paint('cyan'),
} as const satisfies Record<string, Paint>;

function paint(format: 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'): Paint {
  return (text) => (hasNoColor() ? text : styleText(format, text, { stream: process.stdout }));
}

const hasNoColor = (): boolean => (process.env['NO_COLOR'] ?? '') !== '';
