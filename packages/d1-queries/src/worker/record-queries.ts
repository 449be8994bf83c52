/** SQL that was given to a database while the Worker ran. */
export interface RecordedQuery {
  readonly sql: string;
  readonly kind: 'prepare' | 'exec';
  /** The line of the stack that gave it, such as `at list (src/users.ts:12:8)`. */
  readonly at: string;
}

/** What a line that is written for a query begins with; `check --recorded` looks for it. */
export const RECORDED_MARK = 'd1-queries-recorded ';

const seen = new Set<string>();

const logLine = (query: RecordedQuery): void => console.log(`${RECORDED_MARK}${JSON.stringify(query)}`);

/**
 * The same database, of which every distinct statement is written down when it is prepared or executed: in the log, as a line that
 * `d1-queries check --recorded=<file of the log>` reads, or with `write` where you like. For tests and `wrangler dev`.
 */
export function recordQueries<Database extends object>(
  database: Database,
  write: (query: RecordedQuery) => void = logLine,
): Database {
  return new Proxy(database, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name, target);
      if (typeof member !== 'function') return member;
      return (...given: unknown[]): unknown => {
        const [sql] = given;
        if ((name === 'prepare' || name === 'exec') && typeof sql === 'string') record(sql, name, write);
        const result: unknown = Reflect.apply(member, target, given);
        return name === 'withSession' && typeof result === 'object' && result !== null
          ? recordQueries(result, write)
          : result;
      };
    },
  });
}

function record(sql: string, kind: RecordedQuery['kind'], write: (query: RecordedQuery) => void): void {
  if (seen.has(`${kind} ${sql}`)) return;
  seen.add(`${kind} ${sql}`);
  // The first two lines are those of this module.
  const lines = (new Error().stack ?? '').split('\n').filter((line) => /^\s*at /.test(line));
  write({ sql, kind, at: lines[2]?.trim() ?? '' });
}
