import type { WriteStream } from 'node:tty';
import { visible } from '../report/index.ts';

export interface Progress {
  /** What is being done, and how far it is: a fraction from 0 to 1 where that is known. */
  readonly show: (what: string, fraction?: number) => void;
  /** Takes the line away. */
  readonly clear: () => void;
}

/** Milliseconds between two changes of the line. */
const INTERVAL = 100;

/** One line on a terminal that is written over and over; nothing where there is no terminal. */
export function showProgress(stream: WriteStream | NodeJS.WriteStream): Progress {
  if (!stream.isTTY) return { show: () => undefined, clear: () => undefined };
  let shown = '';
  let last = -Infinity;
  const write = (text: string) => stream.write(`\r\u001b[K${visible(text).slice(0, stream.columns - 1)}`);
  return {
    show(what, fraction) {
      const line =
        fraction === undefined ? what : `${what} ${String(Math.floor(fraction * 100)).padStart(3)} %`;
      const now = performance.now();
      if (line === shown || (now - last < INTERVAL && fraction !== 1)) return;
      shown = line;
      last = now;
      write(line);
    },
    clear() {
      if (shown !== '') write('');
    },
  };
}
