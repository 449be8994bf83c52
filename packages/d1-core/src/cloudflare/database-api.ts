import { createHash } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setTimeout } from 'node:timers/promises';
import { isD1Error, isObject } from '../errors/index.ts';
import { loadTokenizer } from '../sql/index.ts';
import { explainAnswer, type Wrangler, type WranglerTarget } from '../wrangler/index.ts';
import {
  ask,
  connect,
  DEFAULT_TIMEOUT,
  explainSending,
  forgetLogins,
  NO_API,
  type Question,
  send,
} from './connection.ts';

/** A database at Cloudflare, and the wrangler whose credentials reach it. */
export interface RemoteDatabase {
  readonly wrangler: Wrangler;
  readonly target: WranglerTarget;
  /** Milliseconds for one request, or one run of wrangler; ten minutes without it. */
  readonly timeout?: number | undefined;
}

type Row = Readonly<Record<string, unknown>>;

/**
 * What Cloudflare's API does with one database: https://developers.cloudflare.com/api/resources/d1/. Each method is a request, or a
 * few where it says so, and throws a `D1Error` with the codes of a run of wrangler that fails in the same way.
 */
export interface DatabaseApi {
  /** Runs SQL of one or more statements as one transaction; returns the rows of each. */
  query(sql: string): Promise<readonly (readonly Row[])[]>;
  /** The Time Travel bookmark of this moment. D1 keeps 30 days of them, 7 on the free plan. */
  bookmark(): Promise<string>;
  /** Takes the database back to a bookmark: every write since is lost. */
  restore(bookmark: string): Promise<void>;
  /** Runs a script of any length; four requests or more. It is undone by Time Travel when a statement fails. */
  import(sql: string): Promise<void>;
  /** Writes the whole database as SQL into a file; three requests or more. Other requests wait meanwhile. */
  export(file: string): Promise<void>;
}

/** Milliseconds between two questions whether an import or export is ready: Cloudflare allows four requests a second. */
const PAUSE = 250;

/** The way to a database without wrangler; undefined where only wrangler reaches it. */
export async function databaseApi({
  wrangler,
  target,
  timeout = DEFAULT_TIMEOUT,
}: RemoteDatabase): Promise<DatabaseApi | undefined> {
  if (target.databaseId === undefined) return undefined;
  const found = await connect(wrangler, target);
  if (found === undefined) return undefined;
  let connection = found;
  const database = `/accounts/${found.accountId}/d1/database/${target.databaseId}`;
  const malformed = (path: string) => explainAnswer([`${path}: ${NO_API}`]);

  async function call(method: Question['method'], path: string, body?: unknown): Promise<unknown> {
    const question = { method, path: `${database}${path}`, body, timeout };
    try {
      return await ask(connection, question);
    } catch (error) {
      if (!isD1Error(error) || error.code !== 'token-refused' || !connection.isLogin) throw error;
      forgetLogins();
      const renewed = await connect(wrangler, target);
      if (renewed === undefined) throw error;
      connection = renewed;
      return ask(connection, question);
    }
  }

  /** Asks until the work is done that the first answer has begun. */
  async function finish(path: string, first: unknown, next: (bookmark: unknown) => object): Promise<Row> {
    let answer = first;
    for (;;) {
      if (!isObject(answer)) throw malformed(path);
      if (answer['success'] !== true) throw explainAnswer([String(answer['error'])]);
      if (answer['status'] === 'complete') return answer;
      if (answer['status'] === 'error') {
        throw explainAnswer([answer['error'] ?? answer['errors'] ?? 'no reason'].flat().map(String));
      }
      await setTimeout(PAUSE);
      answer = await call('POST', path, next(answer['at_bookmark']));
    }
  }

  return {
    async query(sql) {
      const results = await call('POST', '/query', { sql: await withUnixLines(sql) });
      const rows = readResults(results);
      if (rows === undefined) throw malformed(`${database}/query`);
      return rows;
    },
    async bookmark() {
      const answer = await call('GET', '/time_travel/bookmark');
      const bookmark = isObject(answer) ? answer['bookmark'] : undefined;
      if (typeof bookmark !== 'string' || bookmark === '')
        throw malformed(`${database}/time_travel/bookmark`);
      return bookmark;
    },
    async restore(bookmark) {
      await call('POST', `/time_travel/restore?bookmark=${encodeURIComponent(bookmark)}`);
    },
    async import(sql) {
      const script = Buffer.from(sql);
      const etag = createHash('md5').update(script).digest('hex');
      const begun = await call('POST', '/import', { action: 'init', etag });
      if (!isObject(begun)) throw malformed(`${database}/import`);
      const { filename, upload_url: url } = begun;
      const first =
        typeof url === 'string'
          ? await upload(url, script, etag).then(() =>
              call('POST', '/import', { action: 'ingest', filename, etag }),
            )
          : begun;
      await finish('/import', first, (bookmark) => ({ action: 'poll', current_bookmark: bookmark }));
    },
    async export(file) {
      const question = (bookmark?: unknown) => ({
        output_format: 'polling',
        dump_options: { no_schema: false, no_data: false, tables: [] },
        current_bookmark: bookmark,
      });
      const { result } = await finish('/export', await call('POST', '/export', question()), question);
      const url = isObject(result) ? result['signed_url'] : undefined;
      if (typeof url !== 'string') throw malformed(`${database}/export`);
      await download(url, file, timeout);
    },
  };

  async function upload(url: string, script: Buffer, etag: string): Promise<void> {
    const { status, headers } = await send(url, timeout, { method: 'PUT', body: script });
    const stored = headers.get('etag')?.replaceAll('"', '');
    if (status !== 200 || stored !== etag) throw explainAnswer([`The upload of the script -> ${status}`]);
  }
}

async function download(url: string, file: string, timeout: number): Promise<void> {
  const response = await fetch(url, { signal: AbortSignal.timeout(timeout) }).catch(explainSending(timeout));
  if (!response.ok || response.body === null) {
    throw explainAnswer([`The download of the export -> ${response.status}`]);
  }
  await pipeline(Readable.fromWeb(response.body), createWriteStream(file)).catch(explainSending(timeout));
}

/** A D1 database of an account. */
export interface AccountDatabase {
  readonly id: string;
  readonly name: string;
}

/** Databases in one answer; the API documents 10 to 10,000. */
const PAGE = 1000;

/** The databases of the account that a database belongs to; a request for each thousand. Undefined where only wrangler asks Cloudflare. */
export async function accountDatabases({
  wrangler,
  target,
  timeout,
}: RemoteDatabase): Promise<readonly AccountDatabase[] | undefined> {
  const connection = await connect(wrangler, target);
  if (connection === undefined) return undefined;
  const path = `/accounts/${connection.accountId}/d1/database`;
  const found: AccountDatabase[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await ask(connection, {
      method: 'GET',
      path: `${path}?page=${page}&per_page=${PAGE}`,
      timeout,
    });
    if (!Array.isArray(answer)) throw explainAnswer([`${path}: ${NO_API}`]);
    found.push(
      ...answer.filter(isObject).map(({ uuid, name }) => ({ id: String(uuid), name: String(name) })),
    );
    if (answer.length < PAGE) return found;
  }
}

/** The rows of each statement, or undefined when that is not what it is. */
export function readResults(answer: unknown): readonly (readonly Row[])[] | undefined {
  if (!Array.isArray(answer)) return undefined;
  const rows = answer.map((item: unknown) =>
    isObject(item) && item['success'] === true ? item['results'] : undefined,
  );
  return rows.every((item) => Array.isArray(item)) ? rows : undefined;
}

/**
 * Cloudflare splits statements with CR LF wrongly (https://github.com/cloudflare/workers-sdk/issues/14991). As wrangler does from 4.124
 * on, it gets LF, but inside quotes, where it is data.
 */
async function withUnixLines(sql: string): Promise<string> {
  if (!sql.includes('\r\n')) return sql;
  const tokenize = await loadTokenizer();
  let [unix, unquoted] = ['', ''];
  for (const { kind, text } of tokenize(sql)) {
    if (kind !== 'string' && kind !== 'identifier') {
      unquoted += text;
      continue;
    }
    unix += unquoted.replaceAll('\r\n', '\n') + text;
    unquoted = '';
  }
  return unix + unquoted.replaceAll('\r\n', '\n');
}
