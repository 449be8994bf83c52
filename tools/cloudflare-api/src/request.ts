import type { IncomingMessage } from 'node:http';
import { ApiError } from './reply.ts';

/** A request, read to its end. */
export interface ApiRequest {
  readonly method: string;
  /** Without `/client/v4` and without the query. Still percent-encoded. */
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: Buffer;
}

const PREFIX = '/client/v4';

export async function readRequest(message: IncomingMessage): Promise<ApiRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of message) chunks.push(chunk);
  const [path = '/', query] = splitOnce(message.url ?? '/', '?');
  return {
    method: message.method ?? 'GET',
    path: path.startsWith(`${PREFIX}/`) ? path.slice(PREFIX.length) : path,
    query: new URLSearchParams(query),
    headers: message.headers,
    body: Buffer.concat(chunks),
  };
}

function splitOnce(text: string, separator: string): readonly [string, string?] {
  const at = text.indexOf(separator);
  return at === -1 ? [text] : [text.slice(0, at), text.slice(at + separator.length)];
}

/** The JSON object in a request's body. Throws 7400 when there is none. */
export function readObject({ body }: ApiRequest): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body.toString('utf8'));
    if (isRecord(value)) return value;
  } catch {
    // Refused below, like every body that is not an object.
  }
  throw new ApiError(400, 7400, 'The request is malformed: a JSON object is expected');
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text property of a request's body. Throws 7400 when it is missing. */
export function requiredText(values: Readonly<Record<string, unknown>>, name: string): string {
  const value = values[name];
  if (typeof value === 'string') return value;
  throw new ApiError(400, 7400, `Invalid property: ${name} => Required`);
}
