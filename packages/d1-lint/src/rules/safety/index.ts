import type { Rule } from '../../engine/rule.ts';
import addCheckByRebuild from './add-check-by-rebuild.ts';
import addCheckColumn from './add-check-column.ts';
import addNonConstantDefault from './add-non-constant-default.ts';
import addNotNullWithoutDefault from './add-not-null-without-default.ts';
import addReferencesWithDefault from './add-references-with-default.ts';
import addStoredGenerated from './add-stored-generated.ts';
import addUniqueOrPkColumn from './add-unique-or-pk-column.ts';
import brokenViewOrTrigger from './broken-view-or-trigger.ts';
import dropColumnInUse from './drop-column-in-use.ts';
import dropIfExistsTypo from './drop-if-exists-typo.ts';
import dropReferencedTable from './drop-referenced-table.ts';
import ftsNotFilled from './fts-not-filled.ts';
import ftsOutOfStep from './fts-out-of-step.ts';
import ifNotExistsHidesDrift from './if-not-exists-hides-drift.ts';
import rebuildRenameOrder from './rebuild-rename-order.ts';
import renameColumn from './rename-column.ts';
import renameTable from './rename-table.ts';
import setNotNull from './set-not-null.ts';
import triggerEmptiesTable from './trigger-empties-table.ts';
import uniqueOnExistingRows from './unique-on-existing-rows.ts';

export const safetyRules: readonly Rule[] = [
  addCheckByRebuild,
  addCheckColumn,
  addNonConstantDefault,
  addNotNullWithoutDefault,
  addReferencesWithDefault,
  addStoredGenerated,
  addUniqueOrPkColumn,
  brokenViewOrTrigger,
  dropColumnInUse,
  dropIfExistsTypo,
  dropReferencedTable,
  ftsNotFilled,
  ftsOutOfStep,
  ifNotExistsHidesDrift,
  rebuildRenameOrder,
  renameColumn,
  renameTable,
  setNotNull,
  triggerEmptiesTable,
  uniqueOnExistingRows,
];
