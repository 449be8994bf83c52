export { describeMatrix, describeStanding, describeStandings, describeStatus } from './describe.ts';
export { matrixDocument, standingDocument, standingsDocument, statusDocument } from './document.ts';
export { readStanding, type Drift, type Standing } from './drift.ts';
export { readMatrix, type EnvironmentStatus, type StatusMatrix } from './matrix.ts';
