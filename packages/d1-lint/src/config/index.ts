export { defineConfig, mergeConfigs, type LintConfig, type PresetName, type RuleSetting } from './config.ts';
export { checkConfig, PRESETS, RULE_SETTINGS } from './check-config.ts';
export { CONFIG_NAMES } from './config-names.ts';
export { findConfig, findUpward, loadConfig, type LoadedConfig } from './read-config.ts';
export { activeRules, isInPreset } from './active-rules.ts';
export { configSchema } from './json-schema.ts';
