import type { SourceLocation } from '../errors/index.ts';

/** Something about the files of the migrations folder that goes wrong, or may. */
export interface FileFinding<Code extends string = string> {
  /** A stable name for machines, for example `duplicate-number`. */
  readonly code: Code;
  /** `error`: wrangler fails, or does something else than the file says. `warning`: it works, and invites a mistake. */
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do, with the name or text to write. */
  readonly fix: string;
  /** The names of the migrations concerned. */
  readonly files: readonly string[];
  readonly location?: SourceLocation | undefined;
}
