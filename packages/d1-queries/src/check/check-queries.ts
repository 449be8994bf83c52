import type { FoundQueries, Place, Query } from '../find/index.ts';
import type { SchemaSteps } from './schema-steps.ts';
import { statementsOf, type QueryStatement, type Scan } from './shadow.ts';
import { faultOf, type Fault } from './statement-faults.ts';

/** A database that the Worker has. */
export interface CheckedDatabase {
  readonly binding: string;
  readonly steps: SchemaSteps;
}

/** What is wrong with a query, in its source. */
export interface QueryFinding {
  readonly severity: 'error' | 'warning';
  readonly code: Fault['code'] | 'wrong-parameters' | 'refused-by-d1';
  readonly message: string;
  readonly help: string | undefined;
  readonly since: string | undefined;
  readonly place: Place;
  /** The text of the file, for a code frame. */
  readonly source: string;
  readonly query: Query;
  /** The bindings on which it was tried. */
  readonly bindings: readonly string[];
}

/** A query with what it reads. */
export interface CheckedQuery {
  readonly query: Query;
  readonly bindings: readonly string[];
  readonly tables: readonly string[];
  readonly plan: readonly string[];
  readonly scans: readonly Scan[];
}

export interface QueryCheck {
  readonly found: FoundQueries;
  readonly findings: readonly QueryFinding[];
  readonly queries: readonly CheckedQuery[];
  /** Forms of a query that cannot be what is meant: they are no SQL, and another form of the same call is. */
  readonly impossible: number;
}

/** Compiles every query on the schema that the migrations of its database give. */
export async function checkQueries(
  found: FoundQueries,
  databases: readonly CheckedDatabase[],
): Promise<QueryCheck> {
  const looked: Looked[] = [];
  const parsed = new Map<Query, readonly QueryStatement[]>();
  for (const query of found.queries) parsed.set(query, await statementsOf(query.sql, query.kind === 'exec'));
  await defineOwn(parsed, databases);
  for (const [query, statements] of parsed) looked.push(await look(query, statements, databases));
  const byCall = Map.groupBy(
    looked,
    ({ query: { call, kind } }) => `${call.file}:${call.line}:${call.column}:${kind}`,
  );
  const findings: QueryFinding[] = [];
  let impossible = 0;
  for (const forms of byCall.values()) {
    const works = forms.some(({ faults }) => faults.length === 0);
    const fits = forms.some(hasRightParameters);
    for (const form of forms) {
      const isImpossible = works && form.faults.length > 0 && form.faults.every(({ isSyntax }) => isSyntax);
      if (isImpossible) impossible += 1;
      else findings.push(...form.faults.map((fault) => findingOf(fault, form)));
      if (!fits && form.faults.length === 0) findings.push(wrongParameters(form));
    }
  }
  const works = looked.filter(({ faults }) => faults.length === 0);
  return {
    found,
    findings: unique(findings),
    queries: works.map(({ query, bindings, tables, plan, scans }) => ({
      query,
      bindings,
      tables,
      plan,
      scans,
    })),
    impossible,
  };
}

interface Looked extends CheckedQuery {
  readonly faults: readonly Fault[];
  readonly statements: readonly QueryStatement[];
}

/** What a Worker makes itself when it runs is there for its queries. */
async function defineOwn(
  parsed: ReadonlyMap<Query, readonly QueryStatement[]>,
  databases: readonly CheckedDatabase[],
): Promise<void> {
  for (const [query, statements] of parsed) {
    for (const { steps } of asked(query, databases)) {
      const shadow = await steps.last.shadow();
      for (const statement of statements) shadow.define(statement);
    }
  }
}

const asked = ({ bindings }: Query, databases: readonly CheckedDatabase[]): readonly CheckedDatabase[] =>
  bindings.length === 0 ? databases : databases.filter(({ binding }) => bindings.includes(binding));

async function look(
  query: Query,
  statements: readonly QueryStatement[],
  databases: readonly CheckedDatabase[],
): Promise<Looked> {
  const tried: (Omit<Looked, 'bindings'> & { readonly binding: string })[] = [];
  for (const { binding, steps } of asked(query, databases)) {
    const faults: Fault[] = [];
    const shadow = await steps.last.shadow();
    for (const statement of statements) {
      const fault = refusedByD1(statement) ?? (await faultOf(statement, steps.steps));
      if (fault !== undefined)
        faults.push(query.kind === 'exec' && fault.isSyntax ? { ...fault, help: BY_LINE } : fault);
    }
    const isRight = faults.length === 0;
    tried.push({
      binding,
      query,
      statements,
      faults,
      tables: isRight ? statements.flatMap((one) => tablesOf(one)) : [],
      plan: isRight ? statements.flatMap((one) => shadow.plan(one)) : [],
      scans: isRight ? statements.flatMap((one) => shadow.scans(one)) : [],
    });
  }
  const bindings = tried.map(({ binding }) => binding);
  const [first] = tried;
  // Where nobody knows which database is asked, it is one on which it works.
  const meant =
    query.bindings.length === 0
      ? (tried.find(({ faults }) => faults.length === 0) ?? first)
      : (tried.find(({ faults }) => faults.length > 0) ?? first);
  return meant === undefined
    ? { query, bindings: [], statements, faults: [], tables: [], plan: [], scans: [] }
    : {
        ...meant,
        bindings: query.bindings.length === 0 && meant.faults.length === 0 ? [meant.binding] : bindings,
      };
}

const BY_LINE = 'exec() runs each line by itself: write a statement on one line, or use prepare().';

/** D1 has no transactions of several calls, and no other databases. */
function refusedByD1({
  tokens,
  statement,
}: QueryStatement): (Fault & { readonly code: Fault['code'] }) | undefined {
  const word = tokens[0]?.text.toUpperCase() ?? '';
  if (
    !['BEGIN', 'COMMIT', 'END', 'ROLLBACK', 'SAVEPOINT', 'RELEASE', 'ATTACH', 'DETACH', 'VACUUM'].includes(
      word,
    )
  )
    return undefined;
  return {
    code: 'does-not-compile',
    message: `D1 refuses ${word}`,
    help: 'Statements that belong together go into one batch(), which is a transaction.',
    at: statement.start,
    since: undefined,
    isSyntax: false,
  };
}

const tablesOf = ({ tree }: QueryStatement): readonly string[] => [
  ...new Set((tree?.all('TableRef') ?? []).map((one) => one.tableName.text)),
];

const findingOf = (fault: Fault, { query, bindings }: Looked): QueryFinding => ({
  severity: fault.code === 'text-in-double-quotes' ? 'warning' : 'error',
  code: fault.code,
  message: fault.message,
  help: fault.help,
  since: fault.since,
  place: query.placeAt(fault.at),
  source: query.sourceAt(fault.at),
  query,
  bindings,
});

function hasRightParameters({ query, statements, faults }: Looked): boolean {
  if (query.bound === undefined || query.hasList || faults.length > 0 || query.kind === 'exec') return true;
  return statements.length !== 1 || parameters(statements) === query.bound;
}

/** As SQLite numbers them: `?` is one more than the highest, `?3` is the third, a name is one each. */
function parameters(statements: readonly QueryStatement[]): number {
  let highest = 0;
  const names = new Set<string>();
  for (const { kind, text } of statements.flatMap(({ tokens }) => tokens)) {
    if (kind !== 'parameter') continue;
    const number = /^\?(\d+)$/.exec(text)?.[1];
    if (number !== undefined) highest = Math.max(highest, Number(number));
    else if (text === '?' || !names.has(text)) highest += 1;
    if (text !== '?') names.add(text);
  }
  return highest;
}

function wrongParameters({ query, statements, bindings }: Looked): QueryFinding {
  const wanted = parameters(statements);
  return {
    severity: 'error',
    code: 'wrong-parameters',
    message: `the statement has ${wanted} ${wanted === 1 ? 'parameter' : 'parameters'}, and ${query.bound} ${query.bound === 1 ? 'value is' : 'values are'} bound`,
    help: 'D1 refuses any other number.',
    since: undefined,
    place: query.place,
    source: query.sourceAt(0),
    query,
    bindings,
  };
}

/** Forms of one query have the same fault at the same place. */
function unique(findings: readonly QueryFinding[]): readonly QueryFinding[] {
  const seen = new Set<string>();
  return findings.filter(({ place, message }) => {
    const key = `${place.file}:${place.line}:${place.column}:${message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}
