import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Accounts } from './accounts.ts';
import { control, CONTROL_PATH } from './control.ts';
import type { Faults } from './faults.ts';
import { ApiError, failure, type Reply } from './reply.ts';
import { readRequest, type ApiRequest } from './request.ts';
import type { RequestLog } from './request-log.ts';
import { respond } from './respond.ts';

export interface ServerParts {
  readonly accounts: Accounts;
  readonly route: (request: ApiRequest) => Promise<Reply>;
  readonly faults: Faults;
  readonly log: RequestLog;
}

export interface RunningServer {
  /** Like `http://127.0.0.1:1234`. */
  readonly origin: string;
  /** Cuts what is still open. */
  close(): Promise<void>;
}

/** Serves on the loopback. Port 0 takes a free one. */
export async function startServer(parts: ServerParts, port: number): Promise<RunningServer> {
  const server = createServer((message, response) => {
    // A client that goes away while it sends needs no answer.
    handle(parts, message, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', resolve);
  });
  const address = server.address();
  return {
    origin: `http://127.0.0.1:${typeof address === 'object' ? address?.port : port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function handle(
  { accounts, route, faults, log }: ServerParts,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const request = await readRequest(message);
  if (request.path === CONTROL_PATH) {
    return respond(response, async () => control(request, faults, log), undefined, faults.cleared);
  }
  const fault = faults.strike(request);
  log.add(request, fault);
  return respond(response, () => work(accounts, route, request), fault, faults.cleared);
}

async function work(accounts: Accounts, route: ServerParts['route'], request: ApiRequest): Promise<Reply> {
  try {
    const account = /^\/accounts\/([^/]+)\//.exec(request.path)?.[1];
    if (account !== undefined) accounts.authorize(request.headers, account);
    return await route(request);
  } catch (error) {
    if (error instanceof ApiError) return failure(error);
    return failure(new ApiError(500, 7500, `Internal error: ${String(error)}`));
  }
}
