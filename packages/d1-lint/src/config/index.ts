export { defineConfig, mergeConfigs, type LintConfig } from './config.ts';
export { checkConfig } from './check-config.ts';
export { findConfig, findUpward, loadConfig, type LoadedConfig } from './read-config.ts';
export { activeRules, isInPreset } from './active-rules.ts';
export { DROPPED_RULES, FORMER_DEFAULTS, RENAMED_OPTIONS } from './renamed.ts';
export { configSchema } from './json-schema.ts';
