export { buildDatabase, isOfCloudflare, loadSql, withoutValues } from './load-sql.ts';
export { sqlStatements } from './sql-stream.ts';
