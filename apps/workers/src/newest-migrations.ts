/** The newest migration of each database. Written by "check-queries --write". */
export const NEWEST_MIGRATIONS = {
  DB: '0004_add_user_permissions.sql',
} as const;
