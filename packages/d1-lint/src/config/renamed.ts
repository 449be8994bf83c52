import type { RuleSetting } from '../words.ts';

/** Rules that are gone, with the reason. Configs and comments that name them have no effect without them. */
export const DROPPED_RULES: Readonly<Record<string, string>> = {
  'dml/union-without-all': 'UNION and UNION ALL mean different things, and both are right',
  'fk/on-delete-explicit': 'it was a matter of taste',
  'fk/self-or-cycle': 'D1 accepts such keys',
  'safety/mixed-ddl-and-backfill': 'a migration is one transaction, whatever is in it',
  'safety/nondeterministic': 'it was a matter of taste',
  'schema/boolean-check': 'it was a matter of taste',
  'schema/large-row-risk': 'no file tells how large its rows will be',
  'schema/odd-identifier': 'it was a matter of taste',
  'schema/reserved-identifier': 'a quoted name is accepted everywhere',
  'schema/type-not-enforced': 'it was a matter of taste',
  'schema/wide-index': 'it was a matter of taste',
};

/** Rules that the preset `recommended` had once, with their severity. A config of that time keeps them. */
export const FORMER_DEFAULTS: Readonly<Record<string, RuleSetting>> = {
  'schema/check-with-function': 'warning',
  'schema/no-autoincrement': 'warning',
  'schema/without-rowid': 'warning',
};

/** Options of a config file and of the target that have another name now. */
export const RENAMED_OPTIONS: Readonly<Record<string, string>> = {
  baseline: 'accepted',
  updateBaseline: 'writeAccepted',
};
