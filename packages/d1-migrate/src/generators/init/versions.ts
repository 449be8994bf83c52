/** What a workspace gets that has no wrangler yet: the version that the plugin is tested with, and newer ones. */
export const WRANGLER_VERSION = '^4.156.0';
