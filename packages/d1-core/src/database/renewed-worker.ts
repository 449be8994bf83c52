import type { RunningWorker } from './miniflare.ts';

/** Characters of SQL after which a new workerd is started: old ones keep statements until they die of it. */
const BUDGET = 800_000;

/**
 * A Worker that is started anew, on the same folder, before it has been sent more than an old workerd can take. Calls wait for
 * each other.
 */
export async function startRenewedWorker(
  start: () => Promise<RunningWorker>,
): Promise<Pick<RunningWorker, 'post' | 'dispose'>> {
  let worker = await start();
  let sent = 0;
  let last: Promise<unknown> = Promise.resolve();

  async function post(path: string, body: string): Promise<unknown> {
    if (sent > 0 && sent + body.length > BUDGET) {
      await worker.dispose();
      worker = await start();
      sent = 0;
    }
    sent += body.length;
    return worker.post(path, body);
  }
  return {
    post(path, body) {
      const answer = last.then(() => post(path, body));
      last = answer.catch(() => undefined);
      return answer;
    },
    async dispose() {
      await last;
      await worker.dispose();
    },
  };
}
