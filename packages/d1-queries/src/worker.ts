/** What a Worker imports as `d1-queries/worker`. */
export * from './worker/index.ts';
