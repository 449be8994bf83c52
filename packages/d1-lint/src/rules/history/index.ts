import type { Rule } from '../../engine/rule.ts';
import duplicatePrefix from './duplicate-prefix.ts';
import emptyMigration from './empty-migration.ts';
import gap from './gap.ts';
import hiddenFile from './hidden-file.ts';
import missingRollback from './missing-rollback.ts';
import modifiedApplied from './modified-applied.ts';
import nameDiffersByCase from './name-differs-by-case.ts';
import nameWithQuote from './name-with-quote.ts';
import nameWithSpace from './name-with-space.ts';
import notReplayable from './not-replayable.ts';
import numberWidth from './number-width.ts';
import outOfOrder from './out-of-order.ts';
import rollbackAsMigration from './rollback-as-migration.ts';
import staleRollback from './stale-rollback.ts';
import touchesHistoryTable from './touches-history-table.ts';
import unnumbered from './unnumbered.ts';

export const historyRules: readonly Rule[] = [
  duplicatePrefix,
  emptyMigration,
  gap,
  hiddenFile,
  missingRollback,
  modifiedApplied,
  nameDiffersByCase,
  nameWithQuote,
  nameWithSpace,
  notReplayable,
  numberWidth,
  outOfOrder,
  rollbackAsMigration,
  staleRollback,
  touchesHistoryTable,
  unnumbered,
];
