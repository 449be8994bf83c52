import type { Rule } from '../../engine/rule.ts';

export const dmlRules: readonly Rule[] = [];
