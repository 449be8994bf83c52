import { packageVersion } from 'd1-core/node';

/** The version of this package, for the journal and the reports. */
export const pluginVersion = (): string => packageVersion(import.meta.dirname);
