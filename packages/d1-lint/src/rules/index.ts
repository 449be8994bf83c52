import { commandLine } from 'd1-core/door';
import { D1Error, nearest } from 'd1-core/errors';
import type { Rule } from '../engine/rule.ts';
import { compatRules } from './compat/index.ts';
import { dataRules } from './data/index.ts';
import { dmlRules } from './dml/index.ts';
import { fkRules } from './fk/index.ts';
import { historyRules } from './history/index.ts';
import { metaRules } from './meta/index.ts';
import { safetyRules } from './safety/index.ts';
import { schemaRules } from './schema/index.ts';

export const allRules: readonly Rule[] = [
  ...compatRules,
  ...dataRules,
  ...safetyRules,
  ...fkRules,
  ...schemaRules,
  ...dmlRules,
  ...historyRules,
  ...metaRules,
];

/** Throws D1Error `unknown-rule`, exit code 2. */
export function findRule(id: string): Rule {
  const rule = allRules.find((one) => one.id === id);
  if (rule !== undefined) return rule;
  const ids = allRules.map((one) => one.id);
  const meant = nearest(id, ids) ?? ids.find((one) => one.split('/')[1] === id);
  throw new D1Error({
    code: 'unknown-rule',
    message: `There is no rule "${id}".`,
    fix:
      meant === undefined
        ? `Run "${commandLine('d1-lint:rules')}" for the list.`
        : `Did you mean "${meant}"?`,
    exitCode: 2,
  });
}
