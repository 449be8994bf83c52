import type { Rule } from '../../engine/rule.ts';
import noAutoincrement from './no-autoincrement.ts';

export const schemaRules: readonly Rule[] = [noAutoincrement];
