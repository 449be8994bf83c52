import type { ReversibilityCase } from './case.ts';
import { columnCases } from './columns.ts';
import { objectCases } from './objects.ts';
import { rebuildCases } from './rebuilds.ts';
import { rowCases } from './rows.ts';
import { tableCases } from './tables.ts';

export const reversibilityCases: readonly ReversibilityCase[] = [
  ...tableCases,
  ...columnCases,
  ...objectCases,
  ...rebuildCases,
  ...rowCases,
];
