import type { RuleContext } from '../engine/rule.ts';

/**
 * Whether a fix that alters the schema may be safe. A file that is applied never runs again, and a file behind this one
 * may rest on what it says; so only in the last file, unless git knows that one already.
 */
export const isNewestFile = ({ file, folder }: Pick<RuleContext, 'file' | 'folder'>): boolean =>
  folder.files.at(-1)?.name === file.name && folder.base?.has(file.name) !== true;
