/** How many more results than workers are waited for or waiting. */
const WINDOW = 4;

export interface OrderedOptions<Item> {
  /** Items at a time. */
  readonly concurrency: number;
  /** No item is begun while the results before it, which are not consumed yet, may take so many bytes. */
  readonly ahead?: { readonly mostBytes: number; readonly bytesOf: (item: Item) => number };
}

/**
 * Works on several items at a time, and returns the results in the order of the items: finished results wait for slower
 * ones before them. When the consumer stops, what is under way is waited for and given to `drop`.
 */
export async function* ordered<Item, Result>(
  items: AsyncIterable<Item>,
  { concurrency, ahead = { mostBytes: 1, bytesOf: () => 0 } }: OrderedOptions<Item>,
  work: (item: Item) => Promise<Result>,
  drop: (result: Result) => Promise<void>,
): AsyncGenerator<Result> {
  const source = items[Symbol.asyncIterator]();
  const started: { readonly result: Promise<Result>; readonly bytes: number }[] = [];
  const limit = limiter(concurrency);
  let bytesAhead = 0;
  let isDone = false;
  try {
    for (;;) {
      while (!isDone && started.length < WINDOW * concurrency && bytesAhead < ahead.mostBytes) {
        const next = await source.next();
        isDone = next.done === true;
        if (next.done === true) break;
        const result = limit(() => work(next.value));
        // It is waited for later; until then it must not count as unhandled.
        result.catch(() => undefined);
        const bytes = ahead.bytesOf(next.value);
        bytesAhead += bytes;
        started.push({ result, bytes });
      }
      const first = started.shift();
      if (first === undefined) return;
      yield await first.result;
      bytesAhead -= first.bytes;
    }
  } finally {
    await Promise.all(started.map(({ result }) => result.then(drop, () => undefined)));
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
