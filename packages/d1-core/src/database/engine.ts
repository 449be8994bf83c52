import { randomUUID } from 'node:crypto';
import { D1Error } from '../errors/index.ts';
import { explainSqlError, type Wrangler } from '../wrangler/index.ts';
import type { Row } from './d1.ts';
import { startWorker } from './miniflare.ts';

/** workerd, with D1 databases in it. */
export interface Engine {
  /** Runs complete SQL statements on one database as one transaction, and gives the rows of each. */
  batch(binding: string, statements: readonly string[]): Promise<readonly (readonly Row[])[]>;
  dispose(): Promise<void>;
}

export interface EngineOptions {
  readonly wrangler: Wrangler;
  /** Database id by binding. The id decides which local file it is. */
  readonly databases: Readonly<Record<string, string>>;
  /** The folder that wrangler's `--persist-to` names. Without it the databases live in a temporary place. */
  readonly persistTo?: string | undefined;
}

/**
 * Answers `POST /<secret>/<binding>` with the rows of each statement of a JSON array, run as one batch. The secret
 * keeps other users of the machine away from the data.
 */
const workerScript = (secret: string) => `
  export default {
    async fetch(request, env) {
      const [, secret, binding] = new URL(request.url).pathname.split("/");
      if (secret !== "${secret}") return new Response(null, { status: 404 });
      try {
        const statements = await request.json();
        const results = await env[binding].batch(statements.map((sql) => env[binding].prepare(sql)));
        return Response.json({ rows: results.map(({ results }) => results) });
      } catch (error) {
        return Response.json({ error: error.message });
      }
    },
  };
`;

/** Starts workerd. Costs about half a second, and as much again to load Miniflare the first time. */
export async function startEngine({ wrangler, databases, persistTo }: EngineOptions): Promise<Engine> {
  const secret = randomUUID();
  const worker = await startWorker(wrangler, { script: workerScript(secret), databases, persistTo });
  return {
    async batch(binding, statements) {
      if (statements.length === 0) return [];
      const response = await fetch(new URL(`/${secret}/${binding}`, worker.url), {
        method: 'POST',
        body: JSON.stringify(statements),
      });
      return readAnswer(await response.json());
    },
    dispose: () => worker.dispose(),
  };
}

function readAnswer(answer: unknown): readonly (readonly Row[])[] {
  if (typeof answer === 'object' && answer !== null) {
    if ('rows' in answer && Array.isArray(answer.rows)) return answer.rows;
    if ('error' in answer) throw explainSqlError(String(answer.error));
  }
  throw new D1Error({
    code: 'engine-answer',
    message: 'workerd gave an answer that is not one of ours.',
    fix: 'Run the command again; if it stays, report it with the version of wrangler.',
  });
}
