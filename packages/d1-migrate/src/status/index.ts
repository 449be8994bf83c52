export { readMatrix, type EnvironmentStatus, type StatusMatrix } from './matrix.ts';
export { matrixDocument, statusDocument } from './document.ts';
export { describeMatrix, describeStatus } from './describe.ts';
