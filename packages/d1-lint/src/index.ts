/**
 * What the commands do, as functions for scripts and tests. Each takes one object: the options of the command by their names, and
 * `folder` for the Worker. It prints nothing, returns what it found, and throws `D1Error`.
 */
import { functionOf } from 'd1-core/script';
import { COMMANDS, explainCommand, lintCommand, rulesCommand } from './commands/index.ts';

/**
 * Lints the migrations of a Worker, or the `paths` that are named. `findings` have a rule, a severity, a message, a help, and a
 * place: lines and columns from 1, offsets from 0, in UTF-16 units.
 *
 * Throws `no-wrangler-config`, `no-database`, `unreadable-file`, `not-taken`, and what is wrong with the lint config.
 *
 * @example
 * ```ts
 * import { lint } from 'd1-lint';
 *
 * const { findings } = await lint({ folder: 'apps/api' });
 * const errors = findings.filter(({ severity }) => severity === 'error');
 * ```
 */
export const lint = functionOf(COMMANDS, lintCommand, ['format', 'output', 'maxWarnings']);

/** All rules, each with its id, severity, kind, preset, and what it finds. */
export const rules = functionOf(COMMANDS, rulesCommand);

/** The page of one `rule`, as lines of Markdown. Throws `unknown-rule`. */
export const explain = functionOf(COMMANDS, explainCommand);

export { D1Error, isD1Error } from 'd1-core/errors';
export { defineConfig, type LintConfig } from './config/index.ts';
export type { Finding } from './engine/finding.ts';
export type { LintReport } from './run/index.ts';
export type { PresetName, RuleSetting } from './words.ts';
