export { NO_EDITS, readEdits, type EditOptions, type TableEdits } from './read-edits.ts';
export { rebuildTable, type Rebuild } from './rebuild.ts';
export { rebuildText } from './rebuild-text.ts';
export { rehearseRebuild } from './rehearse-rebuild.ts';
