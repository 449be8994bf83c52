export {
  checkQueries,
  type CheckedDatabase,
  type CheckedQuery,
  type QueryCheck,
  type QueryFinding,
} from './check-queries.ts';
export { replaySteps, type MigrationText, type SchemaStep, type SchemaSteps } from './schema-steps.ts';
export { statementsOf, type QueryStatement } from './shadow.ts';
export { problemOn } from './statement-faults.ts';
