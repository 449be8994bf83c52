export { defineConfig, type LintConfig, type PresetName, type RuleSetting } from './config/config.ts';
