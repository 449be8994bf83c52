import { findWrangler, loadSplitter, type Wrangler } from 'd1-core/wrangler';
import type { WranglerSplit } from '../engine/index.ts';

/** The wrangler that a folder would use; undefined where none is installed, or one that is too old. */
export function installedWrangler(folder: string): Wrangler | undefined {
  try {
    return findWrangler(folder);
  } catch {
    // Linting needs none, and the other targets say so.
    return undefined;
  }
}

/** How the wrangler of a folder cuts a text into statements; undefined where none is installed. */
export async function installedSplit(folder: string): Promise<WranglerSplit | undefined> {
  const wrangler = installedWrangler(folder);
  return wrangler === undefined ? undefined : loadSplitter(wrangler);
}
