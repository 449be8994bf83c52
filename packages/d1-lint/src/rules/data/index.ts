import type { Rule } from '../../engine/rule.ts';
import deleteWithoutWhere from './delete-without-where.ts';
import dropColumn from './drop-column.ts';
import dropTable from './drop-table.ts';
import rebuildCascades from './rebuild-cascades.ts';

export const dataRules: readonly Rule[] = [deleteWithoutWhere, dropColumn, dropTable, rebuildCascades];
