import type { D1 } from 'd1-core/database';
import { D1Error, isD1Error } from 'd1-core/errors';
import type { Ledger, Seen } from '../ledger/ledger.ts';
import type { Member } from '../members/member.ts';
import { lookAt, type FleetTarget } from '../member/look.ts';
import { runWaves, type MaxFailures, type Stop } from './run-waves.ts';

export interface SurveyRequest {
  readonly fleet: FleetTarget;
  readonly members: readonly Member[];
  readonly open: (member: Member) => D1;
  readonly ledger: Ledger;
  /** Members of which the ledger is asked to be right about, before it is believed for the others; `all` asks everybody. */
  readonly sample: number | 'all';
  readonly concurrency: number;
  readonly signal: AbortSignal;
  readonly onProgress?: ((what: string, fraction: number) => void) | undefined;
}

export interface Survey {
  readonly seen: ReadonlyMap<Member, Seen>;
  /** How many were asked now; the others are as they were when they were last asked. */
  readonly asked: number;
}

/** Members between two writes into the ledger. */
const FLUSH = 200;

/** Members of which not one could be read: then it is no fault of theirs, */
const HOPELESS = 20;

/** where the errors are of these. */
const NOT_THEIRS: ReadonlySet<string> = new Set([
  'token-refused',
  'not-logged-in',
  'network',
  'cloudflare-timeout',
]);

/**
 * Where all members stand. Those of which the ledger knows nothing, or an error, are asked. Of the others a sample is asked, spread over the
 * list; if the ledger was wrong about one of them, all are.
 */
export async function survey(request: SurveyRequest): Promise<Survey> {
  const { members, ledger, fleet, sample } = request;
  const known = sample === 'all' ? new Map<string, Seen>() : ledger.read(fleet.desired);
  const isKnown = ({ id }: Member) => known.get(id)?.look !== undefined;
  const trusted = members.filter(isKnown);
  const sampled = sample === 'all' ? [] : spread(trusted, sample);
  const first = await ask(request, [...members.filter((member) => !isKnown(member)), ...sampled]);
  const isWrong = sampled.some((member) => !isSame(first.get(member), known.get(member.id)));
  const others = trusted.filter((member) => !first.has(member));
  const second = isWrong ? await ask(request, others) : new Map<Member, Seen>();
  const seen = members.flatMap((member) => {
    const what = first.get(member) ?? second.get(member) ?? (isWrong ? undefined : known.get(member.id));
    return what === undefined ? [] : [[member, what] as const];
  });
  return { seen: new Map(seen), asked: first.size + second.size };
}

/** Some of a list, evenly over its length. */
export function spread<Item>(items: readonly Item[], count: number): readonly Item[] {
  const step = Math.max(1, items.length / count);
  return Array.from(
    { length: Math.min(count, items.length) },
    (_, index) => items[Math.floor(index * step)],
  ).filter((item) => item !== undefined);
}

const isSame = (one: Seen | undefined, other: Seen | undefined): boolean =>
  one?.look !== undefined &&
  other?.look !== undefined &&
  one.look.journal === other.look.journal &&
  one.look.schema === other.look.schema &&
  one.look.standing.state === other.look.standing.state &&
  one.look.history.join('\n') === other.look.history.join('\n');

async function ask(
  { fleet, open, ledger, concurrency, signal, onProgress }: SurveyRequest,
  members: readonly Member[],
): Promise<ReadonlyMap<Member, Seen>> {
  const seen = new Map<Member, Seen>();
  let unsaved: (readonly [Member, Seen])[] = [];
  const flush = () => {
    if (unsaved.length > 0) ledger.save(unsaved, fleet.desired);
    unsaved = [];
  };
  const work = async (member: Member) => {
    const what = await look(open(member), fleet);
    seen.set(member, what);
    unsaved.push([member, what]);
    if (unsaved.length >= FLUSH) flush();
    onProgress?.('Reading where the databases stand', seen.size / members.length);
    return what;
  };
  const isGood = ({ error }: Seen) => error === undefined || !NOT_THEIRS.has(error.code);
  const waves = [{ name: 'all', members }];
  const maxFailures: MaxFailures = ({ inRun }) => inRun >= HOPELESS && inRun === seen.size;
  try {
    const { stop } = await runWaves({ waves, work, isGood, concurrency, maxFailures, signal });
    if (stop !== undefined) throw stopped(stop, [...seen.values()]);
  } finally {
    flush();
  }
  return seen;
}

function stopped({ reason }: Stop, [first]: readonly Seen[]): D1Error {
  if (reason === 'too-many-failures' && first?.error instanceof D1Error) return first.error;
  return new D1Error({
    code: 'interrupted',
    message: 'It was interrupted while it read where the databases stand.',
    fix: 'Run it again: what was read is kept.',
    notes: ['No database was changed.'],
  });
}

async function look(d1: D1, fleet: FleetTarget): Promise<Seen> {
  try {
    return { look: await lookAt(d1, fleet) };
  } catch (error) {
    if (!isD1Error(error)) throw error;
    return { error };
  }
}
