import { type D1, openRemoteD1, startEngine, type Engine } from 'd1-core/database';
import { isD1Error } from 'd1-core/errors';
import { remoteDatabase, type Target } from 'd1-core/target';
import type { Member } from '../members/member.ts';
import type { Pace } from './pace.ts';

/** The databases of a fleet. */
export interface OpenMembers {
  /** Closing it is not needed. */
  readonly open: (member: Member) => D1;
  readonly close: () => Promise<void>;
}

/** Opens the members of a fleet, each when it is first asked. Remote ones keep to a pace. */
export function openMembers(target: Target, members: readonly Member[], pace: Pace): OpenMembers {
  return target.environment.location === 'local' ? openLocal(target, members) : openRemote(target, pace);
}

function openRemote(target: Target, pace: Pace): OpenMembers {
  const { wrangler, target: reached, timeout } = remoteDatabase(target, CALL_TIMEOUT);
  return {
    open: ({ id }) =>
      paced(openRemoteD1({ wrangler, target: { ...reached, databaseId: id }, timeout }), pace),
    close: async () => undefined,
  };
}

/** Milliseconds for one request: D1 stops a query after 30 seconds. */
const CALL_TIMEOUT = 90_000;

/** Refusals for the rate, one after the other, after which the request fails. */
const PATIENCE = 5;

/** Seconds for which nobody sends where Cloudflare does not say how long: as long as it blocks. */
const BLOCKED = 300;

/** A database whose requests keep to a pace. One that was refused for the rate was not done, so it is sent again. */
export const paced = (d1: D1, pace: Pace): D1 => ({
  location: d1.location,
  close: () => d1.close(),
  async batch(statements) {
    for (let refusals = 0; ; refusals += 1) {
      await pace.next();
      try {
        return await d1.batch(statements);
      } catch (error) {
        if (!isD1Error(error) || error.code !== 'rate-limited' || refusals === PATIENCE) throw error;
        pace.pause(error.retryAfter ?? BLOCKED);
      }
    }
  },
});

/** Local databases in one workerd. */
const LOCAL_CHUNK = 500;

function openLocal({ wrangler, persistTo, timeout }: Target, members: readonly Member[]): OpenMembers {
  const places = new Map(members.map(({ id }, index) => [id, index]));
  const engines = new Map<number, Promise<Engine>>();
  const bindingOf = (place: number) => `DB${place % LOCAL_CHUNK}`;
  const start = (chunk: number) => {
    const part = members.slice(chunk * LOCAL_CHUNK, (chunk + 1) * LOCAL_CHUNK);
    const databases = Object.fromEntries(part.map(({ id }, index) => [bindingOf(index), id]));
    return startEngine({ wrangler, databases, persistTo, timeout });
  };
  return {
    open({ id }) {
      const place = places.get(id) ?? 0;
      const chunk = Math.floor(place / LOCAL_CHUNK);
      return {
        location: 'local',
        async batch(statements) {
          const engine = engines.get(chunk) ?? start(chunk);
          engines.set(chunk, engine);
          return (await engine).batch(bindingOf(place), statements);
        },
        close: async () => undefined,
      };
    },
    async close() {
      for (const engine of engines.values()) await (await engine.catch(() => undefined))?.dispose();
    },
  };
}
