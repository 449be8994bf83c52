export { bringUpToDate, fileBeside, makeFolder, replaceFile, type FileOutcome } from './files.ts';
export { packageVersion, requireNode } from './versions.ts';
export { isAlive, makeThrowAwayFolder, quickParent, type ThrowAwayFolder } from './throw-away-folder.ts';
