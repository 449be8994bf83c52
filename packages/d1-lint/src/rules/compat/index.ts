import type { Rule } from '../../engine/rule.ts';
import byteOrderMark from './byte-order-mark.ts';
import compoundSelectTerms from './compound-select-terms.ts';
import conflictMarkers from './conflict-markers.ts';
import crlf from './crlf.ts';
import dumpArtifact from './dump-artifact.ts';
import encoding from './encoding.ts';
import expressionDepth from './expression-depth.ts';
import foreignKeysPragmaIsNoop from './foreign-keys-pragma-is-noop.ts';
import functionArgs from './function-args.ts';
import likePatternLength from './like-pattern-length.ts';
import missingTerminator from './missing-terminator.ts';
import needlessPragma from './needless-pragma.ts';
import noAttach from './no-attach.ts';
import noBoundParameters from './no-bound-parameters.ts';
import noTempObject from './no-temp-object.ts';
import noTransactionControl from './no-transaction-control.ts';
import noUnsupportedPragma from './no-unsupported-pragma.ts';
import noVacuum from './no-vacuum.ts';
import reservedName from './reserved-name.ts';
import splitterDisagrees from './splitter-disagrees.ts';
import splitterUnsafeTrigger from './splitter-unsafe-trigger.ts';
import statementTooLong from './statement-too-long.ts';
import tooManyColumns from './too-many-columns.ts';
import transactionWords from './transaction-words.ts';
import undocumentedFunctionArgs from './undocumented-function-args.ts';
import unsupportedAlter from './unsupported-alter.ts';
import unsupportedFunction from './unsupported-function.ts';
import unsupportedModule from './unsupported-module.ts';
import unterminatedText from './unterminated-text.ts';
import vdbeSize from './vdbe-size.ts';

export const compatRules: readonly Rule[] = [
  byteOrderMark,
  compoundSelectTerms,
  conflictMarkers,
  crlf,
  dumpArtifact,
  encoding,
  expressionDepth,
  foreignKeysPragmaIsNoop,
  functionArgs,
  likePatternLength,
  missingTerminator,
  needlessPragma,
  noAttach,
  noBoundParameters,
  noTempObject,
  noTransactionControl,
  noUnsupportedPragma,
  noVacuum,
  reservedName,
  splitterDisagrees,
  splitterUnsafeTrigger,
  statementTooLong,
  tooManyColumns,
  transactionWords,
  undocumentedFunctionArgs,
  unsupportedAlter,
  unsupportedFunction,
  unsupportedModule,
  unterminatedText,
  vdbeSize,
];
