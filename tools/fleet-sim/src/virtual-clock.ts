import { setImmediate as turn } from 'node:timers/promises';
import type { Clock } from 'd1-core/run';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

/** A clock that goes on to the next moment for which somebody waits as soon as nobody works. */
export class VirtualClock implements Clock {
  #now = 0;
  /** A heap: the next to wake comes first. */
  readonly #sleepers: Sleeper[] = [];

  now(): number {
    return this.#now;
  }

  sleep(milliseconds: number): Promise<void> {
    return new Promise((wake) => this.#add({ until: this.#now + Math.max(0, milliseconds), wake }));
  }

  /** Does work, whose waiting takes no time. */
  async run<Result>(work: () => Promise<Result>): Promise<Result> {
    let isDone = false;
    const result = work().finally(() => (isDone = true));
    // Whoever awaits the result hears of it; until then it is nobody's.
    result.catch(() => undefined);
    while (!isDone) {
      await turn();
      const next = isDone ? undefined : this.#take();
      if (next === undefined) continue;
      this.#now = next.until;
      next.wake();
    }
    return result;
  }

  #add(sleeper: Sleeper): void {
    const heap = this.#sleepers;
    let at = heap.push(sleeper) - 1;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (this.#at(parent).until <= sleeper.until) break;
      heap[at] = this.#at(parent);
      at = parent;
    }
    heap[at] = sleeper;
  }

  #take(): Sleeper | undefined {
    const heap = this.#sleepers;
    const [first] = heap;
    const last = heap.pop();
    if (first === undefined || last === undefined || heap.length === 0) return first;
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= heap.length) break;
      if (child + 1 < heap.length && this.#at(child + 1).until < this.#at(child).until) child += 1;
      if (this.#at(child).until >= last.until) break;
      heap[at] = this.#at(child);
      at = child;
    }
    heap[at] = last;
    return first;
  }

  #at(index: number): Sleeper {
    const sleeper = this.#sleepers[index];
    if (sleeper === undefined) throw new Error(`Nobody sleeps at ${index}.`);
    return sleeper;
  }
}
