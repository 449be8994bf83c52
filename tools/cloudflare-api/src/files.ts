import { randomUUID } from 'node:crypto';

/** Files behind signed URLs: whoever knows the name may upload or download, without a token. */
export interface SignedFiles {
  /** The path for a file that is to be uploaded. */
  promise(name: string): string;
  /** The path for a file that can be downloaded. */
  offer(name: string, content: Buffer): string;
  get(name: string): Buffer | undefined;
  /** False when the name was never promised. */
  put(name: string, content: Buffer): boolean;
}

export function createSignedFiles(): SignedFiles {
  const files = new Map<string, Buffer>();
  const promised = new Set<string>();
  return {
    promise(name) {
      promised.add(name);
      return `/signed/${name}`;
    },
    offer(name, content) {
      files.set(name, content);
      return `/signed/${name}`;
    },
    get: (name) => files.get(name),
    put(name, content) {
      if (!promised.has(name)) return false;
      files.set(name, content);
      return true;
    },
  };
}

/** A name that cannot be guessed. */
export const secretName = (): string => `${randomUUID()}.sql`;
