import type { Rule } from '../../engine/rule.ts';
import compoundSelectTerms from './compound-select-terms.ts';
import foreignKeysPragmaIsNoop from './foreign-keys-pragma-is-noop.ts';
import noAttach from './no-attach.ts';
import noTempObject from './no-temp-object.ts';
import noTransactionControl from './no-transaction-control.ts';
import noUnsupportedPragma from './no-unsupported-pragma.ts';
import noVacuum from './no-vacuum.ts';
import statementTooLong from './statement-too-long.ts';
import tooManyColumns from './too-many-columns.ts';

export const compatRules: readonly Rule[] = [
  compoundSelectTerms,
  foreignKeysPragmaIsNoop,
  noAttach,
  noTempObject,
  noTransactionControl,
  noUnsupportedPragma,
  noVacuum,
  statementTooLong,
  tooManyColumns,
];
