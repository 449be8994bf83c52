/** What goes back to the client. */
export interface Reply {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** A refusal of the API: an HTTP status with one of Cloudflare's error codes. */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: number;

  constructor(status: number, code: number, message: string) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export function json(value: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Reply {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

/** Cloudflare's envelope around a result. `resultInfo` is for lists. */
export function success(result: unknown, resultInfo?: object): Reply {
  return json({
    success: true,
    errors: [],
    messages: [],
    result,
    ...(resultInfo === undefined ? {} : { result_info: resultInfo }),
  });
}

/** Cloudflare's envelope around an error. */
export function failure(
  { status, code, message }: Pick<ApiError, 'status' | 'code' | 'message'>,
  headers: Readonly<Record<string, string>> = {},
): Reply {
  return json({ success: false, errors: [{ code, message }], messages: [], result: null }, status, headers);
}
