import type { PresetName, RuleSetting } from '../../config/config.ts';
import type { Format } from '../../reporters/index.ts';

export interface LintExecutorOptions {
  readonly wranglerConfig: string;
  readonly config?: string | undefined;
  readonly preset?: PresetName | undefined;
  readonly rules?: Readonly<Record<string, RuleSetting>> | undefined;
  readonly startAfter?: string | undefined;
  readonly baseline?: string | undefined;
  readonly fix?: boolean | undefined;
  readonly format?: Format | undefined;
  readonly output?: string | undefined;
  readonly maxWarnings?: number | undefined;
  readonly since?: string | undefined;
  readonly updateBaseline?: boolean | undefined;
  readonly verbose?: boolean | undefined;
}
