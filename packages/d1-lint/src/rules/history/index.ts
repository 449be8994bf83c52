import type { Rule } from '../../engine/rule.ts';
import duplicatePrefix from './duplicate-prefix.ts';

export const historyRules: readonly Rule[] = [duplicatePrefix];
