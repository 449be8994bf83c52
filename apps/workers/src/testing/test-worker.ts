import './error-realms.ts';
import { join } from 'node:path';
import { createTestHarness, type TestHarness } from 'wrangler';
import type { Env } from '../env.ts';

export interface TestWorker {
  readonly env: Env;
  readonly fetch: TestHarness['fetch'];
  /** Applies the project's migrations, as wrangler does. */
  migrate(): Promise<void>;
  /** Must be called, or workerd keeps the tests from ending. */
  stop(): Promise<void>;
}

/** Starts the Worker in workerd, in its environment `development`, with storage that is empty and thrown away. */
export async function startTestWorker(): Promise<TestWorker> {
  const server = createTestHarness({
    root: join(import.meta.dirname, '../..'),
    workers: [{ configPath: 'wrangler.toml', env: 'development' }],
  });
  await server.listen();
  const worker = server.getWorker<Env>();
  return {
    env: await worker.getEnv(),
    fetch: server.fetch,
    migrate: () => worker.applyD1Migrations('DB'),
    stop: () => server.close(),
  };
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** The status and the JSON body, to be compared as a whole. */
export async function answer(request: ReturnType<TestHarness['fetch']>): Promise<Answer> {
  const response = await request;
  return { status: response.status, body: await response.json() };
}

/** An answer in the shape that every error has. */
export function errorAnswer(status: number, code: string, message: string): Answer {
  return { status, body: { error: { code, message } } };
}
