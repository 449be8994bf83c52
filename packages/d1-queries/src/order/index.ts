export {
  compareRevisions,
  type ClassedMigration,
  type Conflict,
  type DeploymentOrder,
  type MigrationClass,
  type Revision,
} from './compare-revisions.ts';
