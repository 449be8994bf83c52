import { resolve } from 'node:path';
import { count, countOr, flag, path, targetOptions, text, texts, type OptionsOf } from 'd1-core/command';
import type { WavesRequest } from '../fleet/run-waves.ts';
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

const DEFAULT_WAVES = '1,1%,10%,rest';
const DEFAULT_FAILURES = '1%';

/** In which waves the fleet is worked on, and when that stops. */
export const waveOptions = {
  waves: text(
    `The sizes of the waves, in databases or percent. Default: ${DEFAULT_WAVES}. Where the list names waves, those count.`,
    { priority: 'important' },
  ),
  canary: texts('A database that comes first, in a wave of its own; may be given several times.'),
  lastWave: count('Stop after this many waves; run again without it to continue.', { priority: 'important' }),
  maxFailures: text(
    `Databases that may fail before the run stops: a number for the whole run, or a percentage of each wave. Default: ${DEFAULT_FAILURES}.`,
    { priority: 'important' },
  ),
  only: texts('Work on this database alone; may be given several times.'),
  skip: texts('Leave this database as it is; may be given several times.'),
};

/** What the options ask of the waves. Throws D1Error `invalid-max-failures`. */
export async function wavesRequest(
  given: OptionsOf<typeof waveOptions>,
): Promise<Omit<WavesRequest, 'concurrency' | 'signal' | 'onProgress'>> {
  const { waves, canary, only, skip, lastWave, maxFailures } = given;
  const { parseMaxFailures } = await import('../fleet/run-waves.ts');
  return {
    ...{ only, skip, lastWave, canaries: canary },
    sizes: waves ?? DEFAULT_WAVES,
    maxFailures: parseMaxFailures(maxFailures ?? DEFAULT_FAILURES),
  };
}

/** The confirmation of a change of a protected environment. */
export const confirm = text(
  'The name of the database of the target, which confirms a change of a protected environment.',
);

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
