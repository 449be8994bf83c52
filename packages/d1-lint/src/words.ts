/** What options and config files may say. Nx loads it on every command of its own, so it imports nothing. */

export const PRESETS = ['recommended', 'strict', 'engine-only'] as const;

export type PresetName = (typeof PRESETS)[number];

export const RULE_SETTINGS = ['error', 'warning', 'info', 'off'] as const;

export type RuleSetting = (typeof RULE_SETTINGS)[number];

export const FORMATS = ['pretty', 'json', 'github', 'sarif', 'gitlab', 'junit'] as const;

export type Format = (typeof FORMATS)[number];

/** What a config file of d1-lint may be called. */
export const CONFIG_NAMES = ['d1-lint.config.json', 'd1-lint.config.ts'] as const;

/** The file of accepted findings, where no config names another. */
export const ACCEPTED_FILE = '.d1-lint-accepted.json';

/** What that file was called before. */
export const FORMER_ACCEPTED_FILE = '.d1-lint-baseline.json';
