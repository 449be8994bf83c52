import { setTimeout as wait } from 'node:timers/promises';
import { ordered, type OrderedOptions } from './ordered.ts';

/** Works on items that take as many milliseconds as they say, and tells how many were under way or waiting at most. */
async function run(items: readonly number[], options: OrderedOptions<number>) {
  let begun = 0;
  let consumed = 0;
  let mostAhead = 0;
  const results: number[] = [];
  const source = async function* () {
    yield* items;
  };
  const work = async (milliseconds: number) => {
    begun += 1;
    mostAhead = Math.max(mostAhead, begun - consumed);
    await wait(milliseconds);
    return milliseconds;
  };
  for await (const result of ordered(source(), options, work, async () => undefined)) {
    results.push(result);
    await wait(1);
    consumed += 1;
  }
  return { results, mostAhead };
}

it('results come in the order of the items, however long each takes', async () => {
  const items = [9, 1, 5, 0, 7, 2];
  expect((await run(items, { concurrency: 3 })).results).toEqual(items);
});

it('items of which few fit are begun only when those before them are consumed', async () => {
  const items = Array.from({ length: 12 }, () => 1);
  const ahead = { mostBytes: 100, bytesOf: () => 40 };
  const { results, mostAhead } = await run(items, { concurrency: 8, ahead });
  expect(results).toEqual(items);
  expect(mostAhead).toBe(3);
});

it('an item that is larger than what may be ahead is worked on all the same', async () => {
  const ahead = { mostBytes: 100, bytesOf: () => 1000 };
  const { results, mostAhead } = await run([2, 1, 0], { concurrency: 8, ahead });
  expect(results).toEqual([2, 1, 0]);
  expect(mostAhead).toBe(1);
});

it('what is under way is waited for and dropped when the consumer stops', async () => {
  const dropped: number[] = [];
  const source = async function* () {
    yield* [1, 2, 3];
  };
  const drop = async (item: number) => void dropped.push(item);
  for await (const item of ordered(source(), { concurrency: 3 }, async (one) => one, drop)) {
    expect(item).toBe(1);
    break;
  }
  expect(dropped).toEqual([2, 3]);
});
