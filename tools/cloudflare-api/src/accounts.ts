import type { IncomingHttpHeaders } from 'node:http';
import { ApiError } from './reply.ts';

export interface Account {
  /** 32 hexadecimal digits. */
  readonly id: string;
  readonly name: string;
}

/** Who may do what: the accounts, and which of them each API token reaches. */
export interface Accounts {
  readonly all: readonly Account[];
  /** The accounts that a request's token reaches. Throws 9106 without a token, 9109 for an unknown one. */
  reachedBy(headers: IncomingHttpHeaders): readonly Account[];
  /** Throws unless the request's token reaches the account: 9106, or 10000 with 401 (unknown token) or 403. */
  authorize(headers: IncomingHttpHeaders, accountId: string): void;
}

/** Account ids by API token. */
export type Tokens = Readonly<Record<string, readonly string[]>>;

export function createAccounts(accounts: readonly Account[], tokens: Tokens): Accounts {
  const idsOf = (headers: IncomingHttpHeaders): readonly string[] | undefined => {
    const token = /^Bearer (.+)$/.exec(headers.authorization ?? '')?.[1];
    if (token === undefined) {
      throw new ApiError(400, 9106, 'Missing X-Auth-Key, X-Auth-Email or Authorization headers');
    }
    return Object.hasOwn(tokens, token) ? tokens[token] : undefined;
  };

  return {
    all: accounts,
    reachedBy(headers) {
      const ids = idsOf(headers);
      if (ids === undefined) throw new ApiError(403, 9109, 'Invalid access token');
      return accounts.filter(({ id }) => ids.includes(id));
    },
    authorize(headers, accountId) {
      const ids = idsOf(headers);
      if (ids === undefined) throw new ApiError(401, 10000, 'Authentication error');
      if (!ids.includes(accountId)) throw new ApiError(403, 10000, 'Authentication error');
    },
  };
}
