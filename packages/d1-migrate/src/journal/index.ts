export { type DatabaseHistory, describeHistory, historyDocument, readHistory } from './journal.ts';
