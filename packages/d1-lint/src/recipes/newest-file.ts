import type { RuleContext } from '../engine/rule.ts';

/**
 * Whether a fix of a statement that D1 accepts may be safe. A file that is applied never runs again, and d1-migrate
 * refuses one that has changed since; so only in the last file, unless git knows that one already.
 */
export const isNewestFile = ({ file, folder }: Pick<RuleContext, 'file' | 'folder'>): boolean =>
  folder.files.at(-1)?.name === file.name && folder.base?.has(file.name) !== true;
