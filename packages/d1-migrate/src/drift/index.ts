export { describeStanding, describeStandings } from './describe.ts';
export { standingDocument, standingsDocument } from './document.ts';
export { readStanding, type Drift, type Standing } from './drift.ts';
