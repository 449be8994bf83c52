import type { PresetName, RuleSetting } from '../words.ts';

/** The content of `d1-lint.config.json` or `.ts`. */
export interface LintConfig {
  readonly $schema?: string | undefined;
  /**
   * `recommended`, the default: what D1 rejects or ignores, what endangers data, and policy that nearly every project
   * wants. `strict`: all rules.
   * `engine-only`: only what D1 refuses or ignores.
   */
  readonly preset?: PresetName | undefined;
  /** Severity by rule id; it goes before the preset. */
  readonly rules?: Readonly<Record<string, RuleSetting>> | undefined;
  /** The last migration of the old history, by number or name: it and those before are replayed, not reported. */
  readonly startAfter?: string | undefined;
  /** The file of accepted findings, which are not reported; relative to the config file. `--writeAccepted` writes it. */
  readonly accepted?: string | undefined;
}

/** Returns the config: for the types, in `d1-lint.config.ts`. */
export const defineConfig = (config: LintConfig): LintConfig => config;

/** What the second says goes before what the first says. */
export const mergeConfigs = (base: LintConfig, over: LintConfig): LintConfig => ({
  preset: over.preset ?? base.preset,
  rules: { ...base.rules, ...over.rules },
  startAfter: over.startAfter ?? base.startAfter,
  accepted: over.accepted ?? base.accepted,
});
