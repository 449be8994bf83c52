/** What a config file of d1-lint may be called. */
export const CONFIG_NAMES = ['d1-lint.config.json', 'd1-lint.config.ts'] as const;
