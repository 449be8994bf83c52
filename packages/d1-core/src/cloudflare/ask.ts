import { D1Error } from '../errors/index.ts';
import { explainAnswer } from '../wrangler/index.ts';
import type { Connection } from './connection.ts';

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
    if (isRecord(error) && error['name'] === 'TimeoutError') throw timedOut(timeout);
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
    return isRecord(answer) ? answer : undefined;
  } catch {
    return undefined;
  }
}

/** The errors of an answer in the words of wrangler: `no such table: a [code: 7500]`. */
function errorsOf(answer: Readonly<Record<string, unknown>> | undefined): readonly string[] {
  const errors: unknown = answer?.['errors'];
  return (Array.isArray(errors) ? errors : [])
    .filter(isRecord)
    .map(({ code, message }) => `${String(message)} [code: ${String(code)}]`);
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
