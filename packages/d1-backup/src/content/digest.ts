import { createHash } from 'node:crypto';
import type { DataRow } from './read-rows.ts';

/** What identifies the content of a table: the same rows in the same order give the same. */
export interface TableDigest {
  readonly name: string;
  readonly rows: number;
  /** SHA-256, in hexadecimal. */
  readonly sha256: string;
}

export interface Digester {
  add(rows: readonly DataRow[]): void;
  finish(): TableDigest;
}

/** Values hold no comma and no line end, so that no two contents give the same text. */
export function digester(name: string): Digester {
  const hash = createHash('sha256');
  let count = 0;
  return {
    add(rows) {
      count += rows.length;
      hash.update(rows.map((row) => `${row.map((value) => value ?? 'n').join(',')}\n`).join(''));
    },
    finish: () => ({ name, rows: count, sha256: hash.digest('hex') }),
  };
}
