import { isRecord } from './request.ts';

/** What goes wrong, and for which requests. Plain data: it can be sent to the control endpoint as JSON. */
export interface Fault {
  /** Like `POST`; all methods without it. */
  readonly method?: string | undefined;
  /** The path without `/client/v4` and without the query; `*` stands for any text. All paths without it. */
  readonly path?: string | undefined;
  /** A text that the request's body must contain. */
  readonly bodyIncludes?: string | undefined;
  /** The first matching request that it strikes, counted from 1; default 1. */
  readonly call?: number | undefined;
  /** How many matching requests it strikes from there on; default 1. */
  readonly times?: number | 'all' | undefined;
  readonly action: FaultAction;
}

export type FaultAction =
  /** Another answer than the real one. An error envelope, unless `body` gives the whole text. */
  | {
      readonly kind: 'answer';
      /** The HTTP status. With 200 the envelope still says `success: false`. */
      readonly status: number;
      readonly code?: number;
      readonly message?: string;
      /** Seconds, for the `Retry-After` header. */
      readonly retryAfter?: number;
      readonly body?: string;
      readonly when?: Moment;
    }
  /** No answer, and the connection stays open. */
  | { readonly kind: 'hang'; readonly when?: Moment }
  /** No answer, and the connection is reset. */
  | { readonly kind: 'cut'; readonly when?: Moment }
  /** The work is done, the answer breaks off after some bytes: the client sees a broken connection. */
  | { readonly kind: 'cut-body'; readonly bytes: number }
  /** The work is done, the answer ends after some bytes: to the client it looks complete. */
  | { readonly kind: 'truncate'; readonly bytes: number }
  /** The real answer, later. */
  | { readonly kind: 'delay'; readonly milliseconds: number }
  /** The real answer, when the faults are cleared. */
  | { readonly kind: 'hold' };

/** Whether the request has its effect: `before` (the default) no, `after` yes. */
export type Moment = 'before' | 'after';

/** Which properties an action must have, and of what type. */
const REQUIRED: Readonly<Record<FaultAction['kind'], Readonly<Record<string, 'number'>>>> = {
  answer: { status: 'number' },
  hang: {},
  cut: {},
  'cut-body': { bytes: 'number' },
  truncate: { bytes: 'number' },
  delay: { milliseconds: 'number' },
  hold: {},
};

/** What is wrong with a fault that came as JSON; undefined when nothing is. */
export function faultProblem(value: unknown): string | undefined {
  const action = isRecord(value) ? value['action'] : undefined;
  const kind = isRecord(action) ? action['kind'] : undefined;
  const required = Object.entries(REQUIRED).find(([name]) => name === kind)?.[1];
  if (!isRecord(action) || required === undefined) {
    return `A fault needs an "action" with a "kind": ${Object.keys(REQUIRED).join(', ')}.`;
  }
  const missing = Object.entries(required).find(([name, type]) => typeof action[name] !== type);
  return missing && `The action "${String(kind)}" needs "${missing[0]}", a ${missing[1]}.`;
}

export const isFault = (value: unknown): value is Fault => faultProblem(value) === undefined;
