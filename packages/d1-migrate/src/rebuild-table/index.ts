export { NO_EDITS, type TableEdits } from './edits.ts';
export { readEdits, type EditOptions } from './read-edits.ts';
export { rebuildTable, type Rebuild } from './rebuild.ts';
export { rebuildText } from './rebuild-text.ts';
export { rehearseRebuild } from './rehearse-rebuild.ts';
