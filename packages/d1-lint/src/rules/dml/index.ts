import type { Rule } from '../../engine/rule.ts';
import duplicateAssignment from './duplicate-assignment.ts';
import implicitCrossJoin from './implicit-cross-join.ts';
import insertSelectStar from './insert-select-star.ts';
import insertWithoutColumns from './insert-without-columns.ts';
import nullComparison from './null-comparison.ts';
import setColumnCount from './set-column-count.ts';
import strictValue from './strict-value.ts';

export const dmlRules: readonly Rule[] = [
  duplicateAssignment,
  implicitCrossJoin,
  insertSelectStar,
  insertWithoutColumns,
  nullComparison,
  setColumnCount,
  strictValue,
];
