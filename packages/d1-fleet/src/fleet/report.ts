import { plural, style, table } from 'd1-core/report';
import { describeTarget, targetDocument, type Target } from 'd1-core/target';
import type { Member } from '../members/member.ts';
import type { Look } from '../member/look.ts';
import { describeObstacle } from '../member/standing.ts';
import type { Survey } from './survey.ts';

/** Members that stand at the same place. */
interface Group {
  /** The last name in their history; undefined where it is empty. */
  readonly newest: string | undefined;
  readonly state: string;
  /** Migrations that each of them lacks. */
  readonly pending: number;
  readonly members: readonly Member[];
}

export interface FleetReport {
  readonly groups: readonly Group[];
  /** Members whose schema is not that of most others with the same history. */
  readonly otherSchemas: readonly { readonly member: Member; readonly schema: string }[];
  /** Members in whose way something stands, as half a sentence. */
  readonly obstacles: readonly { readonly member: Member; readonly state: string; readonly why: string }[];
  readonly errors: readonly ErrorGroup[];
  readonly asked: number;
}

/** Members whose error is the same but for names and numbers in it. */
export interface ErrorGroup {
  readonly code: string;
  /** The message of the first. */
  readonly message: string;
  readonly members: readonly Member[];
}

export function reportOf({ seen, asked }: Survey): FleetReport {
  const looks = [...seen].flatMap(([member, { look }]) => (look === undefined ? [] : [{ member, look }]));
  return {
    groups: groupsOf(looks),
    otherSchemas: otherSchemas(looks),
    obstacles: looks.flatMap(({ member, look: { standing } }) =>
      'names' in standing
        ? [{ member, state: standing.state, why: describeObstacle(standing.state, standing.names) }]
        : [],
    ),
    errors: groupErrors(
      [...seen].flatMap(([member, { error }]) => (error === undefined ? [] : [{ member, error }])),
    ),
    asked,
  };
}

interface Looked {
  readonly member: Member;
  readonly look: Look;
}

function groupsOf(looks: readonly Looked[]): readonly Group[] {
  const placeOf = ({ look: { history, standing } }: Looked) => {
    const pending = standing.state === 'behind' ? standing.pending.length : 0;
    return JSON.stringify([history.at(-1) ?? '', standing.state, pending]);
  };
  const groups = [...Map.groupBy(looks, placeOf).values()].flatMap((part) => {
    const [first] = part;
    if (first === undefined) return [];
    const { history, standing } = first.look;
    const pending = standing.state === 'behind' ? standing.pending.length : 0;
    const members = part.map(({ member }) => member);
    return [{ newest: history.at(-1), state: standing.state, pending, members }];
  });
  return groups.sort((a, b) => b.members.length - a.members.length);
}

function otherSchemas(looks: readonly Looked[]): FleetReport['otherSchemas'] {
  const histories = Map.groupBy(looks, ({ look }) => look.history.join('\n'));
  return [...histories.values()].flatMap((part) => {
    const schemas = [...Map.groupBy(part, ({ look }) => look.schema).values()];
    const [, ...others] = schemas.toSorted((a, b) => b.length - a.length);
    return others.flat().map(({ member, look }) => ({ member, schema: look.schema }));
  });
}

/** Errors by their code and their words, without what is in quotes and without numbers. */
export function groupErrors(
  errors: readonly {
    readonly member: Member;
    readonly error: Pick<Error, 'message'> & { readonly code: string };
  }[],
): readonly ErrorGroup[] {
  const signatureOf = (message: string) => message.replaceAll(/"[^"]*"|'[^']*'|\d+/g, '…');
  const groups = Map.groupBy(errors, ({ error }) => `${error.code} ${signatureOf(error.message)}`);
  return [...groups.values()]
    .flatMap((part) => {
      const [first] = part;
      const members = part.map(({ member }) => member);
      return first === undefined ? [] : [{ code: first.error.code, message: first.error.message, members }];
    })
    .sort((a, b) => b.members.length - a.members.length);
}

/** Whether every member could be read, has all migrations, and the schema of the others. */
export const isEven = ({ groups, otherSchemas: others, errors }: FleetReport): boolean =>
  errors.length === 0 && others.length === 0 && groups.every(({ state }) => state === 'current');

/** Names that are listed in a terminal; the JSON report has all. */
const SHOWN = 20;

export function describeFleet(target: Target, report: FleetReport): readonly string[] {
  const { groups, otherSchemas: others, obstacles, errors, asked } = report;
  const total = countOf(groups) + countOf(errors);
  const rows = groups.map(({ newest, state, pending, members }) => [
    String(members.length),
    newest === undefined ? 'no migration' : `at ${newest}`,
    describeState(state, pending),
  ]);
  const remembered = total - asked;
  return [
    describeFleetTarget(target, total),
    '',
    ...table(rows),
    ...(others.length === 0
      ? []
      : [
          '',
          style.warn(
            `${plural(others.length, 'database')} with another schema than the others with the same migrations:`,
          ),
        ]),
    ...firstOf(others, ({ member, schema }) => `  ${member.name}: schema ${schema.slice(0, 12)}`),
    ...(obstacles.length === 0
      ? []
      : ['', style.bad(`${plural(obstacles.length, 'database')} that cannot be migrated:`)]),
    ...firstOf(obstacles, ({ member, why }) => `  ${member.name}: ${why}`),
    ...describeErrors(errors, 'could not be read'),
    ...(remembered <= 0
      ? []
      : [
          '',
          style.dim(
            `${asked} were asked now; the other ${remembered} are as they were when they were last asked. --full asks all.`,
          ),
        ]),
  ];
}

const countOf = (groups: readonly { readonly members: readonly Member[] }[]): number =>
  groups.reduce((sum, { members }) => sum + members.length, 0);

const describeFleetTarget = (target: Target, total: number): string =>
  `${style.bold(`Fleet of ${plural(total, 'database')}`)} · migrations of ${describeTarget(target)}`;

function describeState(state: string, pending: number): string {
  if (state === 'current') return style.good('up to date');
  if (state === 'behind') return style.warn(`${pending} behind`);
  return style.bad(state);
}

export const describeErrors = (errors: readonly ErrorGroup[], what: string): readonly string[] =>
  errors.flatMap(({ code, message, members }) => [
    '',
    style.bad(`${plural(members.length, 'database')} ${what}: ${message} (${code})`),
    ...firstOf(members, ({ name }) => `  ${name}`),
  ]);

export const firstOf = <Item>(items: readonly Item[], line: (item: Item) => string): readonly string[] => [
  ...items.slice(0, SHOWN).map(line),
  ...(items.length > SHOWN ? [`  and ${items.length - SHOWN} more`] : []),
];

export const identityOf = ({ id, name }: Member) => ({ id, name });

export const errorsDocument = (errors: readonly ErrorGroup[]) =>
  errors.map(({ members, ...error }) => ({ ...error, databases: members.map(identityOf) }));

export function fleetDocument(target: Target, report: FleetReport): object {
  const { groups, otherSchemas: others, obstacles, errors, asked } = report;
  return {
    target: targetDocument(target),
    databases: countOf(groups) + countOf(errors),
    asked,
    groups: groups.map(({ newest, state, pending, members }) => ({
      newest: newest ?? null,
      state,
      pending,
      databases: members.map(identityOf),
    })),
    otherSchemas: others.map(({ member, schema }) => ({ ...identityOf(member), schema })),
    obstacles: obstacles.map(({ member, state, why }) => ({ ...identityOf(member), state, why })),
    errors: errorsDocument(errors),
  };
}
