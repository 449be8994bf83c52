import type { Rule } from '../../engine/rule.ts';

export const safetyRules: readonly Rule[] = [];
