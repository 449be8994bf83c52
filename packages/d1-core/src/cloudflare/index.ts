export {
  accountDatabases,
  databaseApi,
  readResults,
  type AccountDatabase,
  type DatabaseApi,
  type RemoteDatabase,
} from './database-api.ts';
