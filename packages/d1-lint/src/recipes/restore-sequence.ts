export { restoreSequence } from 'd1-core/schema';
