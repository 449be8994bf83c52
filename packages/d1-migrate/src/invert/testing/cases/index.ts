import type { ReversibilityCase } from './case.ts';
import { capturedCases } from './captured.ts';
import { cascadeCases } from './cascades.ts';
import { columnCases } from './columns.ts';
import { combinedCases } from './combined.ts';
import { constraintCases } from './constraints.ts';
import { generatedCases } from './generated.ts';
import { indexCases } from './indexes.ts';
import { nameCases } from './names.ts';
import { objectCases } from './objects.ts';
import { rebuildCases } from './rebuilds.ts';
import { rowCases } from './rows.ts';
import { searchCases } from './searches.ts';
import { sequenceCases } from './sequences.ts';
import { tableCases } from './tables.ts';
import { triggerCases } from './triggers.ts';

/** Every kind of change, with what its way back has to be. */
export const reversibilityCases: readonly ReversibilityCase[] = [
  ...capturedCases,
  ...cascadeCases,
  ...columnCases,
  ...combinedCases,
  ...constraintCases,
  ...generatedCases,
  ...indexCases,
  ...nameCases,
  ...objectCases,
  ...rebuildCases,
  ...rowCases,
  ...searchCases,
  ...sequenceCases,
  ...tableCases,
  ...triggerCases,
];
