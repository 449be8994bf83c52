import type { Cloud } from '../cloud.ts';
import { ApiError, json, success } from '../reply.ts';
import type { Route } from '../router.ts';

/** Who the token belongs to: what wrangler asks when it knows no account, and for `whoami`. */
export function accountRoutes({ accounts }: Cloud): readonly Route[] {
  return [
    {
      method: 'GET',
      pattern: '/user',
      handle({ headers }) {
        accounts.reachedBy(headers);
        return success({ id: 'user', email: 'developer@example.com' });
      },
    },
    {
      method: 'GET',
      pattern: '/user/tokens/verify',
      handle({ headers }) {
        try {
          accounts.reachedBy(headers);
        } catch {
          throw new ApiError(401, 1000, 'Invalid API Token');
        }
        return success({ id: 'token', status: 'active' });
      },
    },
    {
      method: 'GET',
      pattern: '/accounts',
      handle: ({ headers }) => list(accounts.reachedBy(headers)),
    },
    {
      method: 'GET',
      pattern: '/memberships',
      handle: ({ headers }) =>
        list(
          accounts
            .reachedBy(headers)
            .map((account) => ({ id: account.id, status: 'accepted', account, roles: ['Administrator'] })),
        ),
    },
    {
      // The numbers of `d1 info` for the last day. Nothing is counted here.
      method: 'POST',
      pattern: '/graphql',
      handle({ headers }) {
        accounts.reachedBy(headers);
        return json({ data: { viewer: { accounts: [{ d1AnalyticsAdaptiveGroups: [] }] } }, errors: null });
      },
    },
  ];
}

const list = (items: readonly unknown[]) =>
  success(items, {
    page: 1,
    per_page: 50,
    total_pages: 1,
    count: items.length,
    total_count: items.length,
  });
