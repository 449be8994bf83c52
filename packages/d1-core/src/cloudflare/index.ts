export { databaseApi, readResults, type DatabaseApi, type RemoteDatabase } from './database-api.ts';
