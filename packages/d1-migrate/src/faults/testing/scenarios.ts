import type { Fault } from 'cloudflare-api';

/** Something that goes wrong while three migrations are applied to a remote database, and what comes of it. */
export interface FaultScenario {
  readonly name: string;
  /** The faults of the Cloudflare API, for the paths of one database. */
  readonly faults: (path: (end: string) => string) => readonly Fault[];
  /** Text of the second migration, which is corrected before the next run. */
  readonly secondMigration?: string;
  /** When a request is left without an answer: the process gets a SIGKILL, or somebody presses Ctrl-C. */
  readonly end?: 'kill' | 'interrupt';
  /** What the run says: its outcome, or `refused` for an error before anything was applied. */
  readonly run: {
    readonly outcome: 'applied' | 'failed' | 'refused' | 'unknown' | 'killed';
    readonly code?: string;
    readonly warns?: boolean;
  };
  /** How many of the three are applied. The next `status` says the same. */
  readonly applied: 0 | 1 | 2 | 3;
  /** What the next `migrate` does. `locked`: it leaves with exit code 11; after `unlock` it applies the rest. */
  readonly next: 'applies-rest' | 'nothing-pending' | 'locked';
}

const SECOND = 'CREATE TABLE b ';

/** What D1 answers, as users of Cloudflare report it. */
const engineError = (message: string) =>
  ({ kind: 'answer', status: 400, code: 7500, message }) as const satisfies Fault['action'];
const refusedToken = {
  kind: 'answer',
  status: 401,
  code: 10000,
  message: 'Authentication error',
} as const satisfies Fault['action'];
const slowDown: Fault['action'] = {
  kind: 'answer',
  status: 429,
  code: 971,
  message: 'Please wait and consider throttling your request speed',
  retryAfter: 1,
};

export const SCENARIOS: readonly FaultScenario[] = [
  {
    name: 'Migration 2 of 3 fails',
    faults: () => [],
    secondMigration: 'CREATE TABLE half (x);\nVACUUM;\n',
    run: { outcome: 'failed', code: 'sql-not-authorized' },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'The connection dies after migration 2 was applied, before the answer',
    faults: (path) => [{ path: path('query'), bodyIncludes: SECOND, action: { kind: 'cut', when: 'after' } }],
    run: { outcome: 'failed', code: 'network' },
    applied: 2,
    next: 'applies-rest',
  },
  {
    name: 'The connection dies after the last migration was applied, before the answer',
    faults: (path) => [
      { path: path('query'), bodyIncludes: 'CREATE TABLE c ', action: { kind: 'cut', when: 'after' } },
    ],
    run: { outcome: 'applied' },
    applied: 3,
    next: 'nothing-pending',
  },
  {
    name: 'The process is killed after the migrations were applied, before the journal was written',
    faults: (path) => [{ path: path('query'), bodyIncludes: "'applied'", action: { kind: 'hang' } }],
    end: 'kill',
    run: { outcome: 'killed' },
    applied: 3,
    next: 'nothing-pending',
  },
  {
    name: 'The process is killed while migration 2 is at work',
    faults: (path) => [{ path: path('query'), bodyIncludes: SECOND, action: { kind: 'hang' } }],
    end: 'kill',
    run: { outcome: 'killed' },
    applied: 1,
    next: 'locked',
  },
  {
    name: 'Migration 2 gets no answer, and somebody presses Ctrl-C',
    faults: (path) => [{ path: path('query'), bodyIncludes: SECOND, action: { kind: 'hang' } }],
    end: 'interrupt',
    run: { outcome: 'failed', code: 'interrupted' },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'The answer to migration 2 breaks off in its middle',
    faults: (path) => [
      { path: path('query'), bodyIncludes: SECOND, action: { kind: 'cut-body', bytes: 20 } },
    ],
    run: { outcome: 'failed', code: 'network' },
    applied: 2,
    next: 'applies-rest',
  },
  {
    name: 'Every answer comes half a second late',
    faults: (path) => [{ path: path('*'), times: 'all', action: { kind: 'delay', milliseconds: 500 } }],
    run: { outcome: 'applied' },
    applied: 3,
    next: 'nothing-pending',
  },
  {
    name: 'The API token may read and not write',
    faults: (path) => [
      { path: path('query'), bodyIncludes: "'started'", action: { ...refusedToken, status: 403 } },
    ],
    run: { outcome: 'refused', code: 'token-refused' },
    applied: 0,
    next: 'applies-rest',
  },
  {
    name: 'The API token is revoked after migration 1',
    faults: (path) => [
      { path: path('query'), bodyIncludes: SECOND, action: refusedToken },
      { path: path('query'), bodyIncludes: "'applied'", action: refusedToken },
      // The first one is the read of the status, before.
      {
        path: path('query'),
        bodyIncludes: 'SELECT * FROM d1_migrate_journal',
        call: 2,
        times: 'all',
        action: refusedToken,
      },
    ],
    run: { outcome: 'unknown', code: 'outcome-unknown' },
    applied: 1,
    next: 'locked',
  },
  {
    name: 'A storm of 429 while the status is read',
    faults: (path) => [{ path: path('query'), times: 2, action: slowDown }],
    run: { outcome: 'applied' },
    applied: 3,
    next: 'nothing-pending',
  },
  {
    name: 'A gateway answers with 502 while the status is read',
    faults: (path) => [
      { path: path('query'), action: { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' } },
    ],
    run: { outcome: 'applied' },
    applied: 3,
    next: 'nothing-pending',
  },
  {
    name: 'A gateway answers migration 2 with 502',
    faults: (path) => [
      {
        path: path('query'),
        bodyIncludes: SECOND,
        action: { kind: 'answer', status: 502, body: '<html>Bad gateway</html>' },
      },
    ],
    run: { outcome: 'failed', code: 'cloudflare-failed' },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'D1 refuses migration 2 as overloaded, in an answer with status 200',
    faults: (path) => [
      {
        path: path('query'),
        bodyIncludes: SECOND,
        action: {
          ...engineError('D1 DB is overloaded. Requests queued for too long.'),
          status: 200,
        },
      },
    ],
    run: { outcome: 'failed', code: 'database-timeout' },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'A storm of 429 from migration 2 on',
    faults: (path) => [
      { path: path('query'), bodyIncludes: SECOND, action: slowDown },
      { path: path('query'), bodyIncludes: "'applied'", action: slowDown },
    ],
    run: { outcome: 'failed', code: 'rate-limited', warns: true },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'The database is full at migration 2',
    faults: (path) => [
      { path: path('query'), bodyIncludes: SECOND, action: engineError('Exceeded maximum DB size') },
    ],
    run: { outcome: 'failed', code: 'database-full' },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'Migration 2 takes longer than 30 seconds',
    faults: (path) => [
      {
        path: path('query'),
        bodyIncludes: SECOND,
        action: engineError('D1 DB storage operation exceeded timeout which caused object to be reset.'),
      },
    ],
    run: { outcome: 'failed', code: 'database-timeout' },
    applied: 1,
    next: 'applies-rest',
  },
  {
    name: 'The bookmark cannot be read',
    faults: (path) => [{ path: path('time_travel/bookmark'), times: 'all', action: refusedToken }],
    run: { outcome: 'refused', code: 'token-refused' },
    applied: 0,
    next: 'applies-rest',
  },
  {
    name: 'The request for the bookmark gets no answer',
    faults: (path) => [{ path: path('time_travel/bookmark'), action: { kind: 'hang' } }],
    run: { outcome: 'applied' },
    applied: 3,
    next: 'nothing-pending',
  },
  {
    name: 'The connection dies after the lock was taken, before the answer',
    faults: (path) => [
      { path: path('query'), bodyIncludes: "'started'", action: { kind: 'cut', when: 'after' } },
    ],
    run: { outcome: 'refused', code: 'network' },
    applied: 0,
    next: 'applies-rest',
  },
  {
    name: 'The connection dies after the journal was written, before the answer',
    faults: (path) => [
      { path: path('query'), bodyIncludes: "'applied'", action: { kind: 'cut', when: 'after' } },
    ],
    run: { outcome: 'applied', warns: true },
    applied: 3,
    next: 'nothing-pending',
  },
];
