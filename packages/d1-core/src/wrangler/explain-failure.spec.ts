import { explainFailure, explainSqlError, sqlErrorKind } from './explain-failure.ts';
import type { WranglerResult } from './run-wrangler.ts';

const failed = (part: Partial<WranglerResult>): WranglerResult => ({
  command: 'wrangler d1 migrations apply DB --local',
  exitCode: 1,
  signal: undefined,
  timedOut: false,
  interrupted: false,
  stdout: '',
  stderr: '',
  log: '',
  durationMs: 12_000,
  ...part,
});

describe('explaining a failed run of wrangler', () => {
  it.each([
    ['not authorized: SQLITE_AUTH', 'sql-not-authorized'],
    ['not authorized to use function: sqlite_version at offset 7: SQLITE_ERROR', 'sql-not-authorized'],
    ['access to _cf_KV.key is prohibited: SQLITE_AUTH', 'sql-not-authorized'],
    ['near "SELEKT": syntax error at offset 0: SQLITE_ERROR', 'sql-syntax'],
    ['unrecognized token: "\'abc" at offset 7: SQLITE_ERROR', 'sql-syntax'],
    [
      'UNIQUE constraint failed: a.id: SQLITE_CONSTRAINT (extended: SQLITE_CONSTRAINT_UNIQUE)',
      'sql-constraint',
    ],
    ['internal error; reference = 97sg98eflod5ctse0lv4no1j', 'sql-constraint'],
    ['statement too long: SQLITE_TOOBIG', 'sql-too-big'],
    ['no such table: main.b: SQLITE_ERROR', 'sql-error'],
    ['Fetched 3 rows', undefined],
  ])('reads "%s" as %s', (text, kind) => {
    expect(sqlErrorKind(text)).toBe(kind);
  });

  it.each<[string, string, Partial<WranglerResult>]>([
    ['the disk, of a local database', 'disk-full', { stderr: 'database or disk is full: SQLITE_FULL' }],
    ['the disk, when Node says so', 'disk-full', { stderr: 'ENOSPC: no space left on device, write' }],
    [
      'what D1 allows, of a remote one',
      'database-full',
      {
        command: 'wrangler d1 migrations apply DB --remote',
        stderr: 'Exceeded maximum DB size: SQLITE_FULL [code: 7500]',
      },
    ],
  ])('says that %s is full', (_, code, part) => {
    expect(explainFailure(failed(part)).code).toBe(code);
  });

  it('says of the local engine that the disk is full, and not what D1 allows', () => {
    const { code, fix } = explainSqlError('D1_ERROR: database or disk is full: SQLITE_FULL');
    expect(code).toBe('disk-full');
    expect(fix).not.toContain('10 GB');
  });

  it('advises what can be done: a file corrects rows itself, and an upsert from a SELECT needs a WHERE', () => {
    const { fix } = explainSqlError('CHECK constraint failed: age > 0: SQLITE_CONSTRAINT');
    expect(fix).toContain('in the same file');
    expect(fix).not.toContain('earlier migration');
    expect(explainSqlError('near "DO": syntax error at offset 53: SQLITE_ERROR').fix).toContain('WHERE true');
    expect(explainSqlError('near "x": syntax error at offset 3: SQLITE_ERROR').fix).toBe('Correct the SQL.');
  });

  it('keeps the sentence of the engine, without the marks around it', () => {
    expect(explainSqlError('✘ [ERROR] D1_ERROR: no such table: main.b: SQLITE_ERROR').message).toBe(
      'no such table: main.b',
    );
    expect(explainSqlError('  near "x": syntax error at offset 3: SQLITE_ERROR [code: 7500]\n').message).toBe(
      'near "x": syntax error at offset 3',
    );
  });

  it.each([
    [
      "In a non-interactive environment, it's necessary to set a CLOUDFLARE_API_TOKEN environment variable",
      'not-logged-in',
    ],
    ['More than one account available but unable to select one in non-interactive mode.', 'several-accounts'],
    ["Couldn't find a D1 DB with the name or binding 'x' in your wrangler.jsonc file.", 'unknown-database'],
    ['A request to the Cloudflare API failed. Authentication error [code: 10000]', 'token-refused'],
    ['fetch failed', 'network'],
    ['POST /accounts/a/d1/database/b/query -> 502 Bad Gateway', 'cloudflare-failed'],
    ['D1 DB exceeded its CPU time limit and was reset.', 'database-timeout'],
    ['database is locked: SQLITE_BUSY', 'database-busy'],
  ])('explains "%s" as %s, with a fix', (stderr, code) => {
    const error = explainFailure(failed({ stderr }));
    expect(error.code).toBe(code);
    expect(error.fix).not.toBe('');
  });

  it('finds in the debug log what old versions print nowhere', () => {
    expect(explainFailure(failed({ log: 'FetchError: fetch failed' })).code).toBe('network');
  });

  it('does not take a word of the log for the cause when the output names another', () => {
    const error = explainFailure(failed({ stderr: 'no such table: a: SQLITE_ERROR', log: 'GET … 429' }));
    expect(error.code).toBe('sql-error');
  });

  it('says when wrangler took too long', () => {
    const error = explainFailure(failed({ timedOut: true, exitCode: undefined, signal: 'SIGTERM' }));
    expect(error.code).toBe('wrangler-timeout');
    expect(error.message).toContain('12 seconds');
  });

  it('says when a signal ended wrangler', () => {
    expect(explainFailure(failed({ exitCode: undefined, signal: 'SIGKILL' })).code).toBe('wrangler-killed');
  });

  it('says that it was asked to stop wrangler', () => {
    const error = explainFailure(failed({ interrupted: true, exitCode: 143 }));
    expect(error).toMatchObject({ code: 'interrupted', fix: expect.stringContaining('status') });
  });

  it('does not believe exit status 0', () => {
    expect(explainFailure(failed({ exitCode: 0 })).message).toContain('inner process was probably killed');
  });

  it('shows what wrangler said when it does not know the failure', () => {
    const error = explainFailure(failed({ stderr: 'something new' }));
    expect(error.code).toBe('wrangler-failed');
    expect(error.notes.join('\n')).toContain('something new');
  });
});
