import type { Rule } from '../../engine/rule.ts';
import copyNarrowsType from './copy-narrows-type.ts';
import copyResetsSequence from './copy-resets-sequence.ts';
import copySelectStar from './copy-select-star.ts';
import copyUnknownQuotedColumn from './copy-unknown-quoted-column.ts';
import ctasLosesConstraints from './ctas-loses-constraints.ts';
import deleteWithoutWhere from './delete-without-where.ts';
import dropColumn from './drop-column.ts';
import dropTable from './drop-table.ts';
import dropTrigger from './drop-trigger.ts';
import dropUniqueIndex from './drop-unique-index.ts';
import dropView from './drop-view.ts';
import fkViolationsAfter from './fk-violations-after.ts';
import insertOrReplace from './insert-or-replace.ts';
import rebuildCascades from './rebuild-cascades.ts';
import rebuildDropsColumn from './rebuild-drops-column.ts';
import rebuildDropsRows from './rebuild-drops-rows.ts';
import rebuildLosesObjects from './rebuild-loses-objects.ts';
import rebuildWithoutCopy from './rebuild-without-copy.ts';
import unannouncedLoss from './unannounced-loss.ts';
import updateWithoutWhere from './update-without-where.ts';

export const dataRules: readonly Rule[] = [
  copyNarrowsType,
  copyResetsSequence,
  copySelectStar,
  copyUnknownQuotedColumn,
  ctasLosesConstraints,
  deleteWithoutWhere,
  dropColumn,
  dropTable,
  dropTrigger,
  dropUniqueIndex,
  dropView,
  fkViolationsAfter,
  insertOrReplace,
  rebuildCascades,
  rebuildDropsColumn,
  rebuildDropsRows,
  rebuildLosesObjects,
  rebuildWithoutCopy,
  unannouncedLoss,
  updateWithoutWhere,
];
