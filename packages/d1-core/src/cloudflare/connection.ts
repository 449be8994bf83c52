import { dirname } from 'node:path';
import { D1Error, isObject } from '../errors/index.ts';
import {
  explainAnswer,
  readJson,
  runWrangler,
  type Wrangler,
  type WranglerTarget,
} from '../wrangler/index.ts';

/** A way to one account at Cloudflare. */
interface Connection {
  /** The address of the API, such as `https://api.cloudflare.com/client/v4`. */
  readonly base: string;
  /** What says who asks: a token, or a key and an e-mail address. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly accountId: string;
  /** Whether the credentials are those of a login, which ends after an hour. */
  readonly isLogin: boolean;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** With one of these, only wrangler knows the way to Cloudflare. */
const DETOURS = [
  'HTTP_PROXY',
  'HTTPS_PROXY',
  'http_proxy',
  'https_proxy',
  'CLOUDFLARE_COMPLIANCE_REGION',
  'WRANGLER_API_ENVIRONMENT',
];

/** Milliseconds that wrangler may take to say its login, or Cloudflare to list accounts. */
const TIMEOUT = 30_000;

/**
 * How Cloudflare is asked without wrangler, with the credentials that wrangler would take: those of the environment, else what
 * `wrangler auth token` says. Undefined where only wrangler can ask: behind a proxy, with a login that it does not hand out, or
 * where it has to choose among several accounts.
 */
export async function connect(
  wrangler: Wrangler,
  target: WranglerTarget,
  env: Variables = process.env,
): Promise<Connection | undefined> {
  if (DETOURS.some((name) => env[name])) return undefined;
  const base =
    env['CLOUDFLARE_API_BASE_URL'] || env['CF_API_BASE_URL'] || 'https://api.cloudflare.com/client/v4';
  const given = credentialsIn(env);
  const credentials = given ?? (await loginOf(wrangler, target));
  if (credentials === undefined) return undefined;
  const accountId =
    target.accountId || env['CLOUDFLARE_ACCOUNT_ID'] || (await onlyAccount(base, credentials));
  return accountId === undefined ? undefined : { base, credentials, accountId, isLogin: given === undefined };
}

/** Wrangler, too, takes the key before the token where both are there. */
function credentialsIn(env: Variables): Connection['credentials'] | undefined {
  const [key, email, token] = [
    env['CLOUDFLARE_API_KEY'],
    env['CLOUDFLARE_EMAIL'],
    env['CLOUDFLARE_API_TOKEN'],
  ];
  if (key && email) return { 'x-auth-key': key, 'x-auth-email': email };
  return token ? { authorization: `Bearer ${token}` } : undefined;
}

/** By config and environment, since wrangler reads a `.env` beside the config. A run asks once. */
const logins = new Map<string, Promise<Connection['credentials'] | undefined>>();

/** After it, the login is asked for again. */
export const forgetLogins = (): void => logins.clear();

function loginOf(
  wrangler: Wrangler,
  { configFile, wranglerEnv }: WranglerTarget,
): Promise<Connection['credentials'] | undefined> {
  const key = JSON.stringify([wrangler.bin, configFile, wranglerEnv]);
  const known = logins.get(key) ?? readLogin(wrangler, configFile, wranglerEnv);
  logins.set(key, known);
  return known;
}

/** Older wranglers know no such command, and print something else. */
async function readLogin(
  wrangler: Wrangler,
  configFile: string,
  wranglerEnv: string,
): Promise<Connection['credentials'] | undefined> {
  const { stdout, exitCode } = await runWrangler(wrangler, {
    args: ['auth', 'token', '--json', `--env=${wranglerEnv}`, `--config=${configFile}`],
    cwd: dirname(configFile),
    timeout: TIMEOUT,
  });
  const answer = readJson(stdout);
  if (exitCode !== 0 || !isObject(answer)) return undefined;
  const { key, email, token } = answer;
  return credentialsIn({
    CLOUDFLARE_API_KEY: textOf(key),
    CLOUDFLARE_EMAIL: textOf(email),
    CLOUDFLARE_API_TOKEN: textOf(token),
  });
}

const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);

async function onlyAccount(
  base: string,
  credentials: Connection['credentials'],
): Promise<string | undefined> {
  const accounts = await ask({ base, credentials }, { method: 'GET', path: '/accounts', timeout: TIMEOUT });
  const [first, ...others]: readonly unknown[] = Array.isArray(accounts) ? accounts : [];
  return others.length === 0 && isObject(first) ? textOf(first['id']) : undefined;
}

/** One request to the API. */
export interface Question {
  readonly method: 'GET' | 'POST';
  /** What follows the base address, such as `/accounts/…/query`. */
  readonly path: string;
  readonly body?: unknown;
  /** Milliseconds until it is given up. */
  readonly timeout?: number | undefined;
}

/** Milliseconds: as long as a run of wrangler may take. */
export const DEFAULT_TIMEOUT = 10 * 60 * 1000;

/**
 * The `result` of Cloudflare's answer. Throws a `D1Error` when the answer does not come (`network`, `cloudflare-timeout`) or is a
 * refusal: `sql-…` and the other codes are those of a run of wrangler that fails in the same way.
 */
export async function ask(
  { base, credentials }: Pick<Connection, 'base' | 'credentials'>,
  { method, path, body, timeout = DEFAULT_TIMEOUT }: Question,
): Promise<unknown> {
  const { status, text, headers } = await send(`${base}${path}`, timeout, {
    method,
    headers: { ...credentials, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const answer = parse(text);
  if (answer?.['success'] === true && 'result' in answer) return answer['result'];
  const errors = errorsOf(answer);
  // It can also be a date, which nobody has seen Cloudflare send.
  const retryAfter = Number(headers.get('retry-after') ?? Number.NaN);
  throw explainAnswer(
    [`${method} ${path} -> ${status}`, ...(errors.length > 0 ? errors : [NO_API])],
    Number.isFinite(retryAfter) ? retryAfter : undefined,
  );
}

/** What wrangler says of an answer that is not one of the API. */
export const NO_API = 'Received a malformed response from the API';

/** Sends one request and reads its whole answer. A cut connection, a wrong address, an answer that does not come are a `D1Error`. */
export async function send(
  url: string,
  timeout: number,
  init: RequestInit,
): Promise<{ readonly status: number; readonly text: string; readonly headers: Headers }> {
  try {
    const response = await fetch(url, { ...init, redirect: 'error', signal: AbortSignal.timeout(timeout) });
    return { status: response.status, text: await response.text(), headers: response.headers };
  } catch (error) {
    return explainSending(timeout)(error);
  }
}

/** The error for a request that got no answer. */
export const explainSending =
  (timeout: number) =>
  (error: unknown): never => {
    if (isObject(error) && error['name'] === 'TimeoutError') throw timedOut(timeout);
    throw explainAnswer([`fetch failed: ${reasonOf(error)}`]);
  };

function timedOut(timeout: number): D1Error {
  return new D1Error({
    code: 'cloudflare-timeout',
    message: `Cloudflare did not answer within ${Math.round(timeout / 1000)} seconds.`,
    fix: 'Look at the status before running again: the database may have done the work.',
  });
}

/** Node puts the reason, such as ECONNREFUSED, into the cause. */
function reasonOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error
    ? [...('code' in cause ? [String(cause.code)] : []), cause.message].join(' ')
    : String(cause);
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const answer: unknown = JSON.parse(text);
    return isObject(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** The errors of an answer in the words of wrangler: `no such table: a [code: 7500]`. */
function errorsOf(answer: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const errors: unknown = answer?.['errors'];
  return (Array.isArray(errors) ? errors : [])
    .filter(isObject)
    .map(({ code, message }) => `${String(message)} [code: ${String(code)}]`);
}
