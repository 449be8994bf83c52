import { type AccountDatabase, listDatabases } from 'd1-core/database';
import { D1Error } from 'd1-core/errors';
import { openTarget, remoteDatabase, type Target } from 'd1-core/target';
import { Minimatch } from 'minimatch';
import type { Member } from './member.ts';
import { type Listed, listedOf, readListFile } from './read-list.ts';

/** Where the members of a fleet are named: exactly one of these. */
export interface Source {
  /** A glob for the names of the account's databases. */
  readonly match?: string | undefined;
  /** A file. Absolute. */
  readonly list?: string | undefined;
  /** A query on the database of the target. */
  readonly query?: string | undefined;
}

/**
 * The members of a fleet, in the order in which they are named. Throws D1Error `no-source`, `invalid-list`, `unknown-member`,
 * `duplicate-member`, `no-members`, and what Cloudflare says.
 */
export async function readMembers(target: Target, source: Source): Promise<readonly Member[]> {
  const { match, list, query } = source;
  const given = [match, list, query].filter((value) => value !== undefined);
  if (given.length !== 1) throw noSource(given.length);
  const members =
    match === undefined
      ? await complete(target, list === undefined ? await readRows(target, query ?? '') : readListFile(list))
      : await readMatching(target, match);
  requireUnique(members);
  if (members.length === 0) throw noMembers(source);
  return members;
}

async function readMatching(target: Target, match: string): Promise<readonly Member[]> {
  if (target.environment.location === 'local') throw noLocalNames();
  const names = new Minimatch(match);
  const databases = await listDatabases(remoteDatabase(target));
  return databases
    .filter(({ name }) => names.match(name))
    .map((database) => ({ ...database, wave: undefined }));
}

async function readRows(target: Target, query: string): Promise<readonly Listed[]> {
  const d1 = openTarget(target);
  try {
    const [rows = []] = await d1.batch([query]);
    return listedOf(rows, (index) => `--query, row ${index + 1}`);
  } finally {
    await d1.close();
  }
}

/** Finds the ids of those that are listed by name alone. A local database may be called as one likes. */
async function complete(target: Target, entries: readonly Listed[]): Promise<readonly Member[]> {
  const isLocal = target.environment.location === 'local';
  const isComplete = isLocal || entries.every(({ id }) => id !== undefined);
  const byName = isComplete ? new Map<string, AccountDatabase>() : await byNames(target);
  return entries.map(({ id, name, wave }) => {
    const found = id ?? (isLocal ? name : byName.get(name ?? '')?.id);
    if (found === undefined) throw notInAccount(name ?? '');
    return { id: found, name: name ?? found, wave };
  });
}

const byNames = async (target: Target): Promise<ReadonlyMap<string, AccountDatabase>> =>
  new Map((await listDatabases(remoteDatabase(target))).map((database) => [database.name, database]));

function requireUnique(members: readonly Member[]): void {
  const ids = new Map<string, Member>();
  for (const member of members) {
    const other = ids.get(member.id);
    if (other !== undefined) throw duplicate(other, member);
    ids.set(member.id, member);
  }
}

const noSource = (count: number): D1Error =>
  new D1Error({
    code: 'no-source',
    message: count === 0 ? 'No fleet is named.' : 'A fleet is named in one way, and several are given.',
    fix: 'Give one of --match=<glob> (names in the account), --list=<file> (CSV, JSON, NDJSON) and --query=<SQL> (on the database of the target), or set it in the options of the target.',
    exitCode: 2,
  });

const noLocalNames = (): D1Error =>
  new D1Error({
    code: 'no-local-names',
    message: 'Local databases have no list of names that --match could look in.',
    fix: 'Name them with --list=<file> or --query=<SQL>.',
    exitCode: 2,
  });

const notInAccount = (name: string): D1Error =>
  new D1Error({
    code: 'unknown-member',
    message: `The account has no D1 database "${name}", which the list names.`,
    fix: 'Correct the name, or take it out of the list. No database was changed.',
    exitCode: 2,
  });

const duplicate = (one: Member, other: Member): D1Error =>
  new D1Error({
    code: 'duplicate-member',
    message: `The list names the database ${other.id} twice${one.name === other.name ? '' : `, as ${one.name} and as ${other.name}`}.`,
    fix: 'Take one of them out: it is not clear which wave is meant. No database was changed.',
    exitCode: 2,
  });

const noMembers = ({ match }: Source): D1Error =>
  new D1Error({
    code: 'no-members',
    message:
      match === undefined
        ? 'The list of the fleet is empty.'
        : `No database of the account has a name that matches "${match}".`,
    fix:
      match === undefined
        ? 'Look at the list or the query.'
        : 'Compare the glob with "npx wrangler d1 list".',
    exitCode: 2,
  });
