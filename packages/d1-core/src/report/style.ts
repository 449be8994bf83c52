import { styleText } from 'node:util';

type Paint = (text: string) => string;

/** Colours for a terminal; `styleText` itself honours NO_COLOR, FORCE_COLOR and a missing terminal. */
export const style = {
  bold: paint('bold'),
  dim: paint('dim'),
  good: paint('green'),
  warn: paint('yellow'),
  bad: paint('red'),
  link: paint('cyan'),
} as const satisfies Record<string, Paint>;

function paint(format: 'bold' | 'dim' | 'green' | 'yellow' | 'red' | 'cyan'): Paint {
  return (text) => styleText(format, text, { stream: process.stdout });
}
