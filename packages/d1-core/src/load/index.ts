export { buildDatabase, loadSql } from './load-sql.ts';
export { sqlStatements } from './sql-stream.ts';
