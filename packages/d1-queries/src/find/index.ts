export { findQueries, type FindOptions, type FoundQueries } from './find-queries.ts';
export { readRecorded } from './read-recorded.ts';
export type { Builder, Dynamic, Query } from './query.ts';
export type { Unread } from './project.ts';
export type { Place } from './source-file.ts';
