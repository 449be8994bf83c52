export { parseRollbackScript, readRollbackScript, scriptState, type RollbackScript } from './read-script.ts';
export { headerLines, scriptText, withHeader, type ScriptHeader } from './script-text.ts';
export { makeScripts, type MadeScript, type MakeScriptsRequest } from './make-scripts.ts';
