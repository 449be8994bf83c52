import type { Context } from 'hono';

type ErrorStatus = 400 | 404 | 413 | 415 | 500;

/** The body of every answer that is not a success. */
export interface ErrorBody {
  readonly error: {
    /** A stable name for programs, for example `invalid-query`. */
    readonly code: string;
    /** What is wrong and what would be right, for people. */
    readonly message: string;
  };
}

/** Thrown anywhere in a request, answered as an {@link ErrorBody}. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: ErrorStatus;
  readonly code: string;

  constructor(status: ErrorStatus, code: string, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function answerError(error: Error, context: Context): Response {
  if (error instanceof ApiError) {
    const body: ErrorBody = { error: { code: error.code, message: error.message } };
    return context.json(body, error.status);
  }
  // The cause may quote SQL or data, so it goes to the log and not to the visitor.
  console.error(error);
  return answerError(new ApiError(500, 'internal-error', 'The request failed on our side.'), context);
}

export function answerNotFound(context: Context): Response {
  const { method, path } = context.req;
  return answerError(new ApiError(404, 'no-such-route', `There is no ${method} ${path}.`), context);
}
