import { statusDocument, matrixDocument, type StatusMatrix } from '../status/index.ts';
import type { Standing } from './drift.ts';

/** Where one database stands, as the JSON report carries it. */
export const standingDocument = (standing: Standing): object => {
  const { changes, ignored, adopt = null, revert = null, unchecked = null } = standing.drift;
  return { ...statusDocument(standing), drift: { changes, ignored, adopt, revert, unchecked } };
};

/** Where all environments stand, as the JSON report carries it. */
export const standingsDocument = (matrix: StatusMatrix<Standing>): object =>
  matrixDocument(matrix, standingDocument);
