import { createServer, request, type IncomingMessage } from 'node:http';

/** What happens to one request: nothing when undefined. */
export type Fault =
  | { readonly kind: 'status'; readonly status: number; readonly headers?: Readonly<Record<string, string>> }
  /** No answer, and the connection is reset. */
  | { readonly kind: 'reset' }
  /** The answer breaks off after some bytes of its body. */
  | { readonly kind: 'cut'; readonly bytes: number }
  /** The answer has other headers. */
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  /** One bit of the body is another one. */
  | { readonly kind: 'corrupt' }
  /** Something is done before the request is passed on. */
  | { readonly kind: 'first'; readonly work: () => Promise<void> };

export interface FaultProxy {
  /** The address of the server behind it, through the proxy. */
  readonly endpoint: string;
  /** Requests so far. */
  count(): number;
  close(): Promise<void>;
}

/**
 * An HTTP proxy before a server that lets some requests fail. Host and path are passed on as they are, so that signed
 * requests stay valid. `plan` says for each request, by its number from 1, what happens.
 */
export async function startFaultProxy(
  endpoint: string,
  plan: (request: IncomingMessage, number: number) => Fault | undefined,
): Promise<FaultProxy> {
  const target = new URL(endpoint);
  let count = 0;
  const server = createServer(async (incoming, outgoing) => {
    const fault = plan(incoming, (count += 1));
    if (fault?.kind === 'first') await fault.work();
    if (fault?.kind === 'reset') return void incoming.socket.destroy();
    if (fault?.kind === 'status') {
      incoming.resume();
      outgoing.writeHead(fault.status, { ...fault.headers, connection: 'close' });
      return void outgoing.end();
    }
    const headers = { ...incoming.headers };
    delete headers.expect;
    delete headers.connection;
    const upstream = request(
      {
        host: target.hostname,
        port: target.port,
        path: incoming.url,
        method: incoming.method,
        headers,
        setHost: false,
      },
      (answer) => {
        const other = fault?.kind === 'headers' ? fault.headers : {};
        outgoing.writeHead(answer.statusCode ?? 500, { ...answer.headers, ...other });
        let passed = 0;
        answer.on('data', (chunk: Buffer) => {
          if (fault?.kind === 'cut' && passed + chunk.length > fault.bytes) {
            outgoing.write(chunk.subarray(0, fault.bytes - passed), () => outgoing.destroy());
            answer.destroy();
            return;
          }
          if (fault?.kind === 'corrupt' && passed === 0) chunk[0] = (chunk[0] ?? 0) ^ 1;
          passed += chunk.length;
          outgoing.write(chunk);
        });
        answer.on('end', () => outgoing.end());
      },
    );
    upstream.on('error', () => outgoing.destroy());
    incoming.pipe(upstream);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return {
    endpoint: `http://127.0.0.1:${port}${target.pathname}`,
    count: () => count,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
