export { captureChanges, type Captured } from './capture.ts';
