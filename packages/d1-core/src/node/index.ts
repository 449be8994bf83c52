export { fileBeside } from './file-beside.ts';
export { isAlive } from './is-alive.ts';
export { requireNode } from './require-node.ts';
export { makeFolder } from './make-folder.ts';
export { replaceFile } from './replace-file.ts';
export { makeThrowAwayFolder, quickParent, type ThrowAwayFolder } from './throw-away-folder.ts';
