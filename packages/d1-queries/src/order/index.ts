export {
  compareRevisions,
  type ClassedMigration,
  type Conflict,
  type DeploymentOrder,
  type MigrationClass,
  type Revision,
} from './compare-revisions.ts';
export {
  advice,
  describeOrder,
  HOW_TO_SPLIT,
  orderDocument,
  orderMarkdown,
  type DatabaseOrder,
} from './describe.ts';
