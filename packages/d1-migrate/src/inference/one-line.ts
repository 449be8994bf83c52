import type { D1Error } from 'd1-core/errors';

/** Message and fix together, for the places where Nx prints nothing but the message of an error. */
export function oneLine({ message, fix }: D1Error): string {
  return `${message} ${fix}`;
}
