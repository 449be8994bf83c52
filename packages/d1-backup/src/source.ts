/** For the tools of this workspace; what is published has no such entry. */
export { archiveMetadata } from './format/index.ts';
