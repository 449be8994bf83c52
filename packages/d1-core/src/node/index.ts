export { bringUpToDate, fileBeside, makeFolder, replaceFile, type FileOutcome } from './files.ts';
export { packageVersion } from './package-version.ts';
export { isAlive, makeThrowAwayFolder, quickParent, type ThrowAwayFolder } from './throw-away-folder.ts';
export { requireNode } from './require-node.ts';
