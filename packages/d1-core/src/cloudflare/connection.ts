import { dirname } from 'node:path';
import { readJson, runWrangler, type Wrangler, type WranglerTarget } from '../wrangler/index.ts';
import { ask, isRecord } from './ask.ts';

/** A way to one account at Cloudflare. */
export interface Connection {
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
  if (exitCode !== 0 || !isRecord(answer)) return undefined;
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
  return others.length === 0 && isRecord(first) ? textOf(first['id']) : undefined;
}
