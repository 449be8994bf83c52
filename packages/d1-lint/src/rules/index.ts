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
