import type { Rule } from '../../engine/rule.ts';

export const fkRules: readonly Rule[] = [];
