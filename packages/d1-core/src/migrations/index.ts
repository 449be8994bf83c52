export {
  DEFAULT_PATTERN,
  folderRules,
  patternInFolder,
  type FolderConfig,
  type FolderRules,
} from './rules.ts';
export {
  listMigrations,
  matchesPattern,
  orderMigrations,
  type ListMigrationsOptions,
  type MigrationFile,
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
export { folderFindings, type FolderFinding, type FolderFindingCode } from './folder-findings.ts';
export { notTakenFindings, requireTaken, type FolderEntry } from './not-taken.ts';
export { fileFindings, type ContentFinding, type ContentFindingCode } from './file-findings.ts';
export { checksums, type Checksums } from './checksums.ts';
export { readMigration, type Migration } from './read-migration.ts';
export { ROLLBACK_FOLDER, rollbackScriptPath } from './rollback-script.ts';
export { proofLine, proofMark, type Loss, type ProofMark } from './proof-mark.ts';
export {
  parseRollbackScript,
  provedClass,
  readRollbackScript,
  scriptState,
  STATE_WORDS,
  type RollbackScript,
  type ScriptState,
} from './read-rollback-script.ts';
export { isAfter } from './start-after.ts';
export { readDirectives, type DirectivesOfFile } from './directives.ts';
export {
  DIRECTIVE_FORMS,
  ROLLBACK_CLASSES,
  type CapturedKind,
  type Directive,
  type DirectiveContent,
  type RollbackClass,
} from './directives-model.ts';
export type { DirectiveProblem, DirectiveProblemCode } from './directives-problems.ts';
