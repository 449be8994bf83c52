export { describeHistory, historyDocument } from './describe.ts';
export { readHistory, type DatabaseHistory } from './read-history.ts';
