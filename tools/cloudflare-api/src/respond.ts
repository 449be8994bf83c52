import type { ServerResponse } from 'node:http';
import { setTimeout } from 'node:timers/promises';
import type { FaultAction } from './fault.ts';
import { failure, type Reply } from './reply.ts';

/** Does the work and answers, with the fault where it strikes. */
export async function respond(
  response: ServerResponse,
  work: () => Promise<Reply>,
  fault: FaultAction | undefined,
  cleared: () => Promise<void>,
): Promise<void> {
  if (fault !== undefined && 'when' in fault && fault.when === 'after') await work();
  switch (fault?.kind) {
    case undefined:
      return send(response, await work());
    case 'answer':
      return send(response, answer(fault));
    case 'hang':
      return;
    case 'cut':
      response.socket?.resetAndDestroy();
      return;
    case 'cut-body':
      return cutBody(response, await work(), fault.bytes);
    case 'truncate':
      return truncate(response, await work(), fault.bytes);
    case 'delay':
      await setTimeout(fault.milliseconds);
      return send(response, await work());
    case 'hold':
      await cleared();
      return send(response, await work());
  }
}

function send(response: ServerResponse, { status, headers, body }: Reply): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.end(body);
}

function answer(fault: FaultAction & { readonly kind: 'answer' }): Reply {
  const { status, code = 10000, message = 'Internal error', retryAfter, body } = fault;
  const headers = retryAfter === undefined ? {} : { 'retry-after': String(retryAfter) };
  return body === undefined
    ? failure({ status, code, message }, headers)
    : { status, headers: { 'content-type': 'text/html', ...headers }, body: Buffer.from(body) };
}

function cutBody(response: ServerResponse, { status, headers, body }: Reply, bytes: number): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  response.write(body.subarray(0, bytes), () => response.destroy());
}

/** Without a length, so that nothing tells that something is missing. */
function truncate(response: ServerResponse, { status, headers, body }: Reply, bytes: number): void {
  response.writeHead(status, { ...headers, 'transfer-encoding': 'chunked' });
  response.end(body.subarray(0, bytes));
}
