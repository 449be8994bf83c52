import { ApiError, type Reply } from './reply.ts';
import type { ApiRequest } from './request.ts';

/** A request with the parts of its path that the route names. */
export interface RoutedRequest extends ApiRequest {
  /** The part of the path that stands for `:name` or `*name`, decoded. */
  param(name: string): string;
}

export interface Route {
  readonly method: string;
  /** `:name` is one segment, `*name` is the rest of the path. */
  readonly pattern: string;
  readonly handle: (request: RoutedRequest) => Reply | Promise<Reply>;
}

/** Finds the route of a request and runs it. Throws 7003 when there is none, as Cloudflare does. */
export function createRouter(routes: readonly Route[]): (request: ApiRequest) => Promise<Reply> {
  const compiled = routes.map((route) => ({ ...route, regExp: toRegExp(route.pattern) }));
  return async (request) => {
    for (const { method, regExp, handle } of compiled) {
      const match = method === request.method ? regExp.exec(request.path) : null;
      if (match === null) continue;
      return handle({
        ...request,
        param: (name) => decode(match.groups?.[name] ?? '', request.path),
      });
    }
    throw noRoute(request.path);
  };
}

const toRegExp = (pattern: string): RegExp =>
  new RegExp(`^${pattern.replace(/:(\w+)/g, '(?<$1>[^/]+)').replace(/\*(\w+)/g, '(?<$1>.+)')}$`);

function decode(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw noRoute(path);
  }
}

const noRoute = (path: string): ApiError =>
  new ApiError(404, 7003, `Could not route to /client/v4${path}, perhaps your object identifier is invalid?`);
