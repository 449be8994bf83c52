export {
  DEFAULT_PATTERN,
  type FolderConfig,
  folderOptions,
  folderRules,
  type FolderRules,
  isAfter,
  listMigrations,
  type ListMigrationsOptions,
  matchesPattern,
  type MigrationFile,
  orderMigrations,
  patternInFolder,
} from './list-migrations.ts';
export {
  findMigration,
  formatNumber,
  isCalled,
  isDated,
  nameWithNumber,
  nextNumber,
  parseMigrationName,
  undoneMigration,
  type MigrationName,
} from './names.ts';
export type { FileFinding } from './finding.ts';
export {
  folderFindings,
  type FolderFinding,
  type FolderFindingCode,
  notTakenFindings,
  requireTaken,
  type FolderEntry,
} from './folder-findings.ts';
export { fileFindings, type ContentFinding, type ContentFindingCode } from './file-findings.ts';
export { checksums, type Checksums, type Migration, readMigration } from './read-migration.ts';
export {
  type Loss,
  parseRollbackScript,
  proofLine,
  proofMark,
  type ProofMark,
  provedClass,
  readRollbackScript,
  KEPT_ROWS,
  ROLLBACK_FOLDER,
  type RollbackScript,
  rollbackScriptPath,
  scriptState,
  type ScriptState,
  STATE_WORDS,
} from './rollback-script.ts';
export {
  type DirectiveProblem,
  type DirectiveProblemCode,
  type DirectivesOfFile,
  readDirectives,
  DIRECTIVE_FORMS,
  ROLLBACK_CLASSES,
  type CapturedKind,
  type Directive,
  type DirectiveContent,
  type RollbackClass,
} from './directives.ts';
