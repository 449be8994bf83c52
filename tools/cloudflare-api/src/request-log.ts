import type { FaultAction } from './fault.ts';
import type { ApiRequest } from './request.ts';

/** A request that was received, whether or not it was answered. */
export interface LoggedRequest {
  readonly method: string;
  /** Without `/client/v4`, with the query. */
  readonly path: string;
  readonly userAgent: string | undefined;
  /** The beginning of the body. */
  readonly body: string;
  /** The fault that struck it. */
  readonly fault: FaultAction['kind'] | undefined;
}

export interface RequestLog {
  add(request: ApiRequest, fault: FaultAction | undefined): void;
  list(): readonly LoggedRequest[];
  clear(): void;
}

/** Bytes of a body, and number of requests, that the log keeps. */
const BODY = 2000;
const KEPT = 1000;

export function createRequestLog(): RequestLog {
  let requests: LoggedRequest[] = [];
  return {
    add({ method, path, query, headers, body }, fault) {
      requests.push({
        method,
        path: query.size === 0 ? path : `${path}?${query}`,
        userAgent: headers['user-agent'],
        body: body.subarray(0, BODY).toString('utf8'),
        fault: fault?.kind,
      });
      requests = requests.slice(-KEPT);
    },
    list: () => requests,
    clear() {
      requests = [];
    },
  };
}
