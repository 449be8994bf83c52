import type { D1Error } from '../errors/index.ts';

/** Message and fix together, for the places where Nx prints nothing but the message of an error. */
export function oneLine({ message, fix }: D1Error): string {
  return `${message} ${fix}`;
}
