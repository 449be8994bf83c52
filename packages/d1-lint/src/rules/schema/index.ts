import type { Rule } from '../../engine/rule.ts';
import checkWithFunction from './check-with-function.ts';
import datetimeStorage from './datetime-storage.ts';
import doubleQuotedString from './double-quoted-string.ts';
import ftsBlocksExport from './fts-blocks-export.ts';
import insteadOfTrigger from './instead-of-trigger.ts';
import intPrimaryKey from './int-primary-key.ts';
import int64Precision from './int64-precision.ts';
import missingColumn from './missing-column.ts';
import missingTable from './missing-table.ts';
import noAutoincrement from './no-autoincrement.ts';
import nullablePrimaryKey from './nullable-primary-key.ts';
import preferStrict from './prefer-strict.ts';
import redundantIndex from './redundant-index.ts';
import requirePrimaryKey from './require-primary-key.ts';
import suspiciousAffinity from './suspicious-affinity.ts';
import viewSelectStar from './view-select-star.ts';
import withoutRowid from './without-rowid.ts';

export const schemaRules: readonly Rule[] = [
  checkWithFunction,
  datetimeStorage,
  doubleQuotedString,
  ftsBlocksExport,
  insteadOfTrigger,
  intPrimaryKey,
  int64Precision,
  missingColumn,
  missingTable,
  noAutoincrement,
  nullablePrimaryKey,
  preferStrict,
  redundantIndex,
  requirePrimaryKey,
  suspiciousAffinity,
  viewSelectStar,
  withoutRowid,
];
