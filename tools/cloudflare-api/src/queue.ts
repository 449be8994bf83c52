/** Runs one job after the other, whether or not the one before failed. */
export type Queue = <Result>(job: () => Promise<Result>) => Promise<Result>;

export function createQueue(): Queue {
  let last: Promise<unknown> = Promise.resolve();
  return (job) => {
    const current = last.then(job);
    last = current.catch(() => undefined);
    return current;
  };
}
