import { resolve } from 'node:path';
import { countOr, flag, path, targetOptions, text, type OptionsOf } from 'd1-core/command';
import type { FleetRequest } from '../fleet/status.ts';

/** Which fleet is meant, and how it is asked. */
export const fleetOptions = {
  match: text('The fleet: the databases of the account whose names match this glob.', {
    priority: 'important',
  }),
  list: path('The fleet: a list of databases', {
    more: 'CSV with a header, a JSON array or JSON lines, with database_id, name and wave.',
    priority: 'important',
  }),
  query: text('The fleet: a SELECT on the database of the target that returns database_id, name and wave.', {
    priority: 'important',
  }),
  sample: countOr(
    20,
    'Databases that are asked whether what was last seen of them is still so, before it is believed of the others.',
  ),
  full: flag('Ask every database.'),
  concurrency: countOr(8, 'Databases that are worked on at a time.', { maximum: 64 }),
  share: countOr(80, "The percentage of Cloudflare's limit of 1,200 requests in five minutes that is used.", {
    maximum: 100,
  }),
};

/** What the options ask of a fleet. Throws what is wrong with the wrangler config. */
export async function fleetRequest(
  given: OptionsOf<typeof targetOptions & typeof fleetOptions>,
  workspaceRoot: string,
): Promise<Omit<FleetRequest, 'signal' | 'onProgress'>> {
  const { match, list, query, sample, full, concurrency, share } = given;
  const [{ resolveTarget }, { paceFor }] = await Promise.all([
    import('d1-core/target'),
    import('../fleet/status.ts'),
  ]);
  const target = resolveTarget(given, workspaceRoot);
  return {
    target,
    source: { match, query, list: list === undefined ? undefined : resolve(workspaceRoot, list) },
    pace: paceFor(target, share / 100),
    sample: full ? 'all' : sample,
    concurrency,
  };
}
