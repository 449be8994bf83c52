export { defineConfig, type LintConfig } from './config/index.ts';
export type { PresetName, RuleSetting } from './words.ts';
