import { stripVTControlCharacters } from 'node:util';
import { D1Error } from '../errors/index.ts';
import { readJson, type WranglerResult } from './run-wrangler.ts';

/** What kind of error the database's engine reported. */
export type SqlErrorKind =
  'sql-not-authorized' | 'sql-syntax' | 'sql-constraint' | 'sql-too-big' | 'sql-error';

/** One way a run of wrangler can fail: how to know it, and what to say. */
interface Failure {
  readonly code: string;
  readonly pattern: RegExp;
  readonly message: string;
  readonly fix: string;
  readonly exitCode?: 1 | 2;
}

const BUSY: Failure = {
  code: 'database-busy',
  pattern: /SQLITE_BUSY|database is locked|long-running (import|export)/i,
  message: 'Another process is using the database.',
  fix: 'Wait until it has finished (a running export blocks the database), then run again.',
};

/** Of a local database it is the disk that has no room, and not what D1 allows. */
const DISK_FULL: Failure = {
  code: 'disk-full',
  pattern: /SQLITE_FULL|database or disk is full|ENOSPC|no space left on device/i,
  message: 'The disk has no room left for the local database.',
  fix: 'Make room on the disk that holds it (".wrangler/state", or what --persistTo names) and on the one of the temporary folder, then run again.',
};

/** Failures of access and transport. The first that matches wins, so the more exact ones come first. */
const FAILURES: readonly Failure[] = [
  {
    code: 'not-logged-in',
    pattern: /set a CLOUDFLARE_API_TOKEN environment variable|You are not authenticated|not logged in/i,
    message: 'Wrangler is not logged in to Cloudflare.',
    fix: 'Set CLOUDFLARE_API_TOKEN (in CI), or run "npx wrangler login" once on this machine.',
    exitCode: 2,
  },
  {
    code: 'several-accounts',
    pattern: /More than one account available/i,
    message: 'The login reaches several Cloudflare accounts, and none is chosen.',
    fix: 'Set CLOUDFLARE_ACCOUNT_ID, or write account_id into the wrangler config.',
    exitCode: 2,
  },
  {
    code: 'token-refused',
    pattern: /\[code: (10000|9106|9109|10001)\]|Authentication error|Invalid access token/i,
    message: 'Cloudflare refused the API token.',
    fix: 'Check that CLOUDFLARE_API_TOKEN is valid and may edit D1 in this account.',
    exitCode: 2,
  },
  {
    code: 'unknown-database',
    pattern:
      /Couldn't find a D1 DB|Couldn't find DB|database .* not found|could not be found|\[code: 740[04]\]/i,
    message: 'Cloudflare knows no such D1 database in this account.',
    fix: 'Compare database_id in the wrangler config with "npx wrangler d1 list", and check the account.',
    exitCode: 2,
  },
  {
    code: 'rate-limited',
    pattern: /\b429\b|rate limit|Too Many Requests|\[code: 971\]|throttling your request/i,
    message: 'Cloudflare limits the rate of requests, and refused this one.',
    fix: 'Wait a few minutes, then look at the status before running again.',
  },
  {
    code: 'database-timeout',
    pattern:
      /D1 DB (exceeded|is overloaded)|storage operation exceeded timeout|exceeded its (CPU|memory) .*limit|statement timeout|\bSQLITE_INTERRUPT\b|timed out.*storage/i,
    message: 'The database stopped the statement: it took too long.',
    fix: 'Split the migration into smaller files; D1 allows 30 seconds a call.',
  },
  {
    code: 'database-full',
    pattern: /Exceeded maximum DB size|SQLITE_FULL|database or disk is full/i,
    message: 'The database is full.',
    fix: 'Delete rows that nobody needs, or move tables into a database of their own; D1 allows 10 GB a database, 500 MB on the free plan.',
  },
  {
    code: 'cloudflare-failed',
    // Old versions print the status instead: "POST … -> 502 Bad Gateway".
    pattern: /malformed response from the API|-> 5\d\d\b/i,
    message:
      'Cloudflare answered with something that is not its API; most often that is a gateway with an error.',
    fix: 'See https://www.cloudflarestatus.com, then look at the status before running again.',
  },
  BUSY,
  {
    code: 'network',
    pattern:
      /fetch failed|ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|ETIMEDOUT|UND_ERR|socket hang up|other side closed/i,
    message: 'Cloudflare could not be reached.',
    fix: 'Check the network connection and CLOUDFLARE_API_BASE_URL, then look at the status before running again.',
  },
];

const SQL_FIXES: Readonly<Record<SqlErrorKind, string>> = {
  'sql-not-authorized':
    'D1 does not allow this statement: PRAGMA (but for a few), ATTACH, temporary objects and names that begin with _cf_. Remove it or write it another way.',
  'sql-syntax': 'Correct the SQL.',
  'sql-constraint':
    'A row that is there, or that the statement writes, breaks this constraint. Correct it before the statement, in the same file, or correct the statement.',
  'sql-too-big': 'Split the statement: D1 allows 100,000 bytes a statement and 2 MB a value.',
  'sql-error': 'Correct the SQL.',
};

/** https://sqlite.org/lang_upsert.html#parsing_ambiguity */
const AMBIGUOUS_UPSERT =
  'Correct the SQL. In INSERT … SELECT … ON CONFLICT write WHERE true before ON CONFLICT, if there is no WHERE: SQLite takes ON for a join.';

/**
 * What workerd says when a deferred foreign key is still violated at the end: newer versions give no reason at all
 * (seen with workerd 1.20250831 and 1.20261023). They say the same of a read while another process holds the lock of a
 * local database.
 */
const COMMIT_REFUSED =
  /application left the database in a state where constraints were violated|internal error; reference =/;

const COMMIT_REFUSED_MESSAGE =
  'The transaction could not be committed: a foreign key is still violated at its end';

/** Whether the engine gave up a transaction at its end, most often for a foreign key, and said no more than that. */
export const isCommitRefused = (error: D1Error): boolean => error.message === COMMIT_REFUSED_MESSAGE;

/** What kind of SQL error a text reports, or undefined when it reports none. */
export function sqlErrorKind(text: string): SqlErrorKind | undefined {
  if (/not authorized|is prohibited: SQLITE_AUTH|SQLITE_AUTH\b/.test(text)) return 'sql-not-authorized';
  if (/SQL BEGIN TRANSACTION or SAVEPOINT|cannot VACUUM from within/.test(text)) return 'sql-not-authorized';
  if (/syntax error|incomplete input|unrecognized token/.test(text)) return 'sql-syntax';
  if (/SQLITE_CONSTRAINT|constraint failed/i.test(text) || COMMIT_REFUSED.test(text)) return 'sql-constraint';
  if (/SQLITE_TOOBIG|statement too long/.test(text)) return 'sql-too-big';
  if (/SQLITE_[A-Z]+|\[code: 7500\]|D1_ERROR|D1_EXEC_ERROR/.test(text)) return 'sql-error';
  return undefined;
}

/** The error for a SQL error text of the engine. One that says `full` is of a local database: `explainAnswer` knows what D1 says. */
export function explainSqlError(text: string): D1Error {
  const failure = [BUSY, DISK_FULL].find(({ pattern }) => pattern.test(text));
  if (failure !== undefined) return new D1Error(failure);
  const kind = sqlErrorKind(text) ?? 'sql-error';
  const fix = /near "DO": syntax error/i.test(text) ? AMBIGUOUS_UPSERT : SQL_FIXES[kind];
  return new D1Error({ code: kind, message: engineMessage(text), fix });
}

/** The engine's own sentence: without the marks that D1 and wrangler put around it. */
function engineMessage(text: string): string {
  if (COMMIT_REFUSED.test(text)) return COMMIT_REFUSED_MESSAGE;
  const line = text.split('\n').find((part) => sqlErrorKind(part) !== undefined) ?? text.trim();
  return line
    .replace(/^.*?\[ERROR\]\s*/, '')
    .replace(/D1_(EXEC_)?ERROR: /g, '')
    .replace(/\s*\[code: \d+\]\s*$/, '')
    .replace(/: SQLITE_(ERROR|AUTH|TOOBIG)\s*$/, '')
    .trim();
}

/** The error for a run of wrangler that failed, or did not do what it was asked to. */
export function explainFailure(result: WranglerResult): D1Error {
  const output = [result.stderr, errorText(readJson(result.stdout)) ?? shownOutput(result)].join('\n');
  const notes = outputNotes(result);
  if (result.timedOut) {
    return new D1Error({
      code: 'wrangler-timeout',
      message: `wrangler did not finish within ${Math.round(result.durationMs / 1000)} seconds and was stopped.`,
      fix: 'Look at the status before running again: the database may have done the work.',
      notes,
    });
  }
  if (result.interrupted) {
    return new D1Error({
      code: 'interrupted',
      message: 'The run was interrupted, and wrangler was stopped.',
      fix: 'Look at the status before running again: the database may have done the work.',
      notes,
    });
  }
  if (result.signal !== undefined) {
    return new D1Error({
      code: 'wrangler-killed',
      message: `wrangler was ended by ${result.signal}.`,
      fix: 'Look at the status before running again: the database may have done the work.',
      notes,
    });
  }
  const isLocal = result.command.split(' ').includes('--local');
  const failure = isLocal && DISK_FULL.pattern.test(output) ? DISK_FULL : findFailure(output);
  if (failure === undefined && sqlErrorKind(output) !== undefined) return explainSqlError(output);
  return explainOther(result, failure ?? findFailure(result.log), notes);
}

/** What wrangler wrote for people, without its colours. */
export const shownOutput = ({ stdout }: Pick<WranglerResult, 'stdout'>): string =>
  stripVTControlCharacters(stdout);

/** The error for what Cloudflare answers: the request and the errors, a line each, in the words in which wrangler reports them. */
export function explainAnswer(lines: readonly string[], retryAfter?: number): D1Error {
  const text = lines.join('\n');
  const failure = findFailure(text);
  if (failure === undefined && sqlErrorKind(text) !== undefined) return explainSqlError(text);
  const notes = ['Cloudflare said:', ...lines.map((line) => `  ${line}`)];
  const { code, message, fix, exitCode } = failure ?? REFUSED;
  return new D1Error({ code, message, fix, exitCode, notes, retryAfter });
}

const REFUSED = {
  code: 'cloudflare-refused',
  message: 'Cloudflare refused the request.',
  fix: 'Read its answer below, then look at the status before running again.',
  exitCode: 1,
} as const;

/** The text of the error that `--json` prints on standard output: `{"error": {"text", "notes": [{"text"}]}}`. */
function errorText(document: unknown): string | undefined {
  const error = property(document, 'error');
  const notes = property(error, 'notes');
  const texts = [
    property(error, 'text'),
    ...(Array.isArray(notes) ? notes : []).map((note) => property(note, 'text')),
  ];
  const known = texts.filter((text) => typeof text === 'string');
  return known.length === 0 ? undefined : known.join('\n');
}

const property = (value: unknown, name: string): unknown =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined;

const findFailure = (text: string): Failure | undefined => FAILURES.find(({ pattern }) => pattern.test(text));

function explainOther(
  result: WranglerResult,
  failure: Failure | undefined,
  notes: readonly string[],
): D1Error {
  if (failure !== undefined) {
    const { code, message, fix, exitCode } = failure;
    return new D1Error({ code, message, fix, exitCode, notes });
  }
  return new D1Error({
    code: 'wrangler-failed',
    message:
      result.exitCode === 0
        ? 'wrangler ended without an error but did not do its work: its inner process was probably killed.'
        : `wrangler failed with exit status ${result.exitCode ?? 'unknown'}.`,
    fix: `Read its output below; the command was: ${result.command}`,
    notes,
  });
}

/** What wrangler printed: the errors if there are any, otherwise everything, otherwise the end of its debug log. */
function outputNotes(result: WranglerResult): readonly string[] {
  const output =
    [result.stderr, shownOutput(result), result.log].map((part) => part.trim()).find((part) => part !== '') ??
    '(no output)';
  return [
    'wrangler said:',
    ...output
      .split('\n')
      .slice(-20)
      .map((line) => `  ${line}`),
  ];
}
