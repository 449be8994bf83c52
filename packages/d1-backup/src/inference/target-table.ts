import type { PluginDefinition, TargetDefinition } from 'd1-core/inference';

export const backupTargets = [
  {
    option: 'backupTargetName',
    defaultName: 'backup',
    executor: 'd1-backup:backup',
    description: 'Back up the D1 database and the R2 photos, proved by restoring them',
    location: 'any',
    example: { output: 'backups' },
  },
  {
    option: 'restoreTargetName',
    defaultName: 'restore',
    executor: 'd1-backup:restore',
    description: 'Put an archive back into the D1 database and the R2 bucket, or into a folder',
    location: 'any',
    example: { archive: 'backups/backup-2026-01-31-120000.zip', dryRun: true },
  },
  {
    option: 'backupVerifyTargetName',
    defaultName: 'backup-verify',
    executor: 'd1-backup:verify',
    description: 'Prove that an archive is whole, and that its D1 database comes back',
    location: 'any',
    example: { archive: 'backups/backup-2026-01-31-120000.zip' },
  },
  {
    option: 'backupListTargetName',
    defaultName: 'backup-list',
    executor: 'd1-backup:list',
    description: 'List the archives, with their age, environment, size and proof',
    location: 'any',
    example: { json: true },
  },
  {
    option: 'backupPruneTargetName',
    defaultName: 'backup-prune',
    executor: 'd1-backup:prune',
    description: 'Delete the archives that no keep rule keeps',
    location: 'any',
    example: { dryRun: true },
  },
  {
    option: 'deployBackupTargetName',
    defaultName: 'deploy-backup',
    executor: 'd1-backup:backup',
    description: 'Back up the D1 database before its migrations are applied: a step of deploy',
    location: 'any',
    // Migrations change no photo.
    options: { databaseOnly: true },
    example: { mode: 'export' },
    dependsOn: [{ target: 'validate', of: 'd1-migrate/plugin' }],
  },
] as const satisfies readonly TargetDefinition[];

export type TargetNameOption = (typeof backupTargets)[number]['option'];

export const PLUGIN: PluginDefinition = { name: 'd1-backup/plugin', targets: backupTargets };
