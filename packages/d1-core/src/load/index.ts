export { buildDatabase, isOfCloudflare, loadSql } from './load-sql.ts';
export { sqlStatements } from './sql-stream.ts';
