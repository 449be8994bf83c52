/** Something that is wrong with a migration, its rollback script, or what they give. */
export interface Problem {
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  /** What helps: a command, or what to write. */
  readonly fix: string;
  readonly file: string;
  /** From 1. */
  readonly line: number | undefined;
}
