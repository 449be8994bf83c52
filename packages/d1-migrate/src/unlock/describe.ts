import type { Lock } from 'd1-core/history';
import { style } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import type { UnlockResult } from './unlock.ts';

/** What is shown before a lock is freed. */
export const describeLock = (target: Target, { owner, since, until }: Lock): readonly string[] => [
  describeTarget(target),
  '',
  `${owner} holds the lock since ${since}; it ends by itself at ${until}.`,
];

export function describeUnlock({ target, freed }: UnlockResult): readonly string[] {
  return freed === undefined
    ? [describeTarget(target), '', style.good('Nobody holds the lock.')]
    : ['', style.good('The lock is free.')];
}

/** A result as the JSON report carries it. */
export const unlockDocument = ({ target, freed }: UnlockResult): object => ({
  ...targetDocument(target),
  freed: freed ?? null,
});
