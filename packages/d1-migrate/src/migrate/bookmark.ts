import { readBookmark } from 'd1-core/database';
import { retryRead } from 'd1-core/run';
import { remoteDatabase, type Target } from 'd1-core/target';

/** Milliseconds: a small question, which is soon asked again. */
const TIMEOUT = 10_000;

/** The Time Travel bookmark of a remote database as it is now. */
export const takeBookmark = (target: Target): Promise<string> =>
  retryRead(() => readBookmark(remoteDatabase(target, TIMEOUT)));
