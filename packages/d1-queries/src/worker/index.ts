/** For the Worker itself: it needs nothing of Node. */
export { expectSchema, type ExpectSchemaOptions, type QueriedDatabase } from './expect-schema.ts';
export { recordQueries, RECORDED_MARK, type RecordedQuery } from './record-queries.ts';
