import { ApiError } from './reply.ts';
import type { Bookmark, Bookmarks } from './bookmarks.ts';
import type { Engine } from './engine.ts';
import { isRecord } from './request.ts';

export interface Statement {
  readonly sql: string;
  readonly params?: readonly unknown[];
}

export interface StatementResult {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly unknown[])[];
  readonly meta: StatementMeta;
}

export interface StatementMeta {
  /** Milliseconds. */
  readonly duration: number;
  readonly changes: number;
  readonly last_row_id: number;
  readonly changed_db: boolean;
  /** Bytes. */
  readonly size_after: number;
  readonly rows_read: number;
  readonly rows_written: number;
}

export interface DumpOptions {
  readonly noSchema: boolean;
  readonly noData: boolean;
  /** None means all. */
  readonly tables: readonly string[];
}

/** What is in the databases. Each is named by its id. */
export interface Storage {
  /** Runs statements as one transaction. Throws 7500 with SQLite's message when one fails. */
  run(databaseId: string, statements: readonly Statement[]): Promise<readonly StatementResult[]>;
  /** The text of `wrangler d1 export`. Throws 7500. */
  dump(databaseId: string, options: DumpOptions): Promise<string>;
  /** The bookmark of now, or the one of a moment, in milliseconds since 1970. */
  bookmark(databaseId: string, time?: number): Promise<Bookmark | undefined>;
  /** Brings a database back to a bookmark and tells what the state was before. Undefined when there is no such one. */
  restore(databaseId: string, bookmarkId: string): Promise<{ readonly previous: Bookmark } | undefined>;
  delete(databaseId: string): Promise<void>;
}

export function createStorage(engine: Engine, bookmarks: Bookmarks): Storage {
  const send = (databaseId: string, statements: readonly Statement[]) =>
    engine.work(async (call) => {
      // Before the first write there must be something to go back to.
      await bookmarks.current(databaseId);
      const response = await call(`/d1/${databaseId}`, { method: 'POST', body: JSON.stringify(statements) });
      const answer: unknown = await response.json();
      if (isStatementResults(answer) && (answer.some(hasWritten) || statements.some(isDrop))) {
        await bookmarks.record(databaseId);
      }
      return answer;
    });

  return {
    async run(databaseId, statements) {
      const answer = await send(databaseId, statements);
      if (!isStatementResults(answer)) throw sqlError(answer);
      return answer.map(({ results: { columns, rows }, meta }) => ({ columns, rows, meta }));
    },
    async dump(databaseId, { noSchema, noData, tables }) {
      const params = [Number(noSchema), Number(noData), ...tables];
      const answer = await send(databaseId, [{ sql: DUMP, params }]);
      if (!isDump(answer)) throw sqlError(answer);
      return answer.results[0].join('\n');
    },
    bookmark: (databaseId, time) =>
      engine.work(async () => {
        const current = await bookmarks.current(databaseId);
        return time === undefined ? current : bookmarks.at(databaseId, time);
      }),
    restore: (databaseId, bookmarkId) =>
      engine.stopped(async () => {
        const previous = await bookmarks.current(databaseId);
        const wanted = bookmarks.find(databaseId, bookmarkId);
        if (wanted === undefined) return undefined;
        await bookmarks.restore(databaseId, wanted);
        await bookmarks.record(databaseId);
        return { previous };
      }),
    delete: (databaseId) => engine.stopped(() => bookmarks.forget(databaseId)),
  };
}

/** Miniflare knows this text, and no other, as the order to dump. */
const DUMP = 'PRAGMA miniflare_d1_export(?,?,?);';

/** Neither counter moves for DROP VIEW and its like. */
const isDrop = ({ sql }: Statement): boolean => /^DROP\b/i.test(sql);

const hasWritten = ({ meta }: WorkerResult): boolean => meta.changed_db || meta.rows_written > 0;

interface WorkerResult {
  readonly results: Pick<StatementResult, 'columns' | 'rows'>;
  readonly meta: StatementMeta;
}

const isStatementResults = (answer: unknown): answer is readonly WorkerResult[] =>
  Array.isArray(answer) &&
  answer.every((item: unknown) => isRecord(item) && isRecord(item['results']) && isRecord(item['meta']));

const isDump = (answer: unknown): answer is { readonly results: readonly [readonly string[]] } =>
  isRecord(answer) && Array.isArray(answer['results']) && Array.isArray(answer['results'][0]);

const sqlError = (answer: unknown): ApiError =>
  new ApiError(400, 7500, isRecord(answer) ? String(answer['error']) : 'Internal error');
