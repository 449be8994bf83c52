/** How many more results than workers are waited for or waiting. */
const WINDOW = 4;

/**
 * Works on up to `concurrency` items at a time, and gives the results in the order of the items: finished results wait
 * for slower ones before them. When the consumer stops, what is under way is waited for and given to `drop`.
 */
export async function* ordered<Item, Result>(
  items: AsyncIterable<Item>,
  concurrency: number,
  work: (item: Item) => Promise<Result>,
  drop: (result: Result) => Promise<void>,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const started: Promise<Result>[] = [];
  const limit = limiter(concurrency);
  let isDone = false;
  try {
    for (;;) {
      while (!isDone && started.length < WINDOW * concurrency) {
        const next = await source.next();
        isDone = next.done === true;
        if (next.done === true) break;
        const result = limit(() => work(next.value));
        // It is waited for later; until then it must not count as unhandled.
        result.catch(() => undefined);
        started.push(result);
      }
      const first = started.shift();
      if (first === undefined) return;
      yield await first;
    }
  } finally {
    await Promise.all(started.map((result) => result.then(drop, () => undefined)));
    await source.return?.();
  }
}

function limiter(most: number): <Result>(work: () => Promise<Result>) => Promise<Result> {
  let free = most;
  const waiting: (() => void)[] = [];
  return async (work) => {
    if (free > 0) free -= 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
    try {
      return await work();
    } finally {
      const next = waiting.shift();
      if (next === undefined) free += 1;
      else next();
    }
  };
}
