import { plural } from 'd1-core/report';

/** What D1 stops a query at; wrangler sends a whole migration as one. https://developers.cloudflare.com/d1/platform/limits/ */
const QUERY_MS = 30_000;

/** Bytes of a database: the paid plan's limit, and the free one's. */
const DATABASE_BYTES = [
  { plan: 'paid', bytes: 10e9 },
  { plan: 'free', bytes: 500e6 },
] as const;

interface Measured {
  readonly migrations: readonly { readonly name: string; readonly durationMs: number }[];
  readonly bytesBefore: number;
  readonly bytesAfter: number;
}

/** What comes near D1's limits, or beyond them. Whatever the engine itself refuses has failed before. */
export function limitWarnings({ migrations, bytesBefore, bytesAfter }: Measured): readonly string[] {
  return [
    ...migrations.flatMap(({ name, durationMs }) => {
      if (durationMs < QUERY_MS / 3) return [];
      const seconds = plural(Math.round(durationMs / 1000), 'second');
      const relation = durationMs < QUERY_MS ? 'comes near' : 'is beyond';
      return [
        `${name} took ${seconds} here, which ${relation} the 30 seconds after which D1 stops it: split it into several migrations.`,
      ];
    }),
    ...DATABASE_BYTES.filter(({ bytes }) => bytesBefore <= bytes && bytesAfter > bytes).map(
      ({ plan, bytes }) =>
        `The database grows to ${Math.round(bytesAfter / 1e6)} MB, beyond the ${bytes / 1e6} MB of the ${plan} plan.`,
    ),
  ];
}
