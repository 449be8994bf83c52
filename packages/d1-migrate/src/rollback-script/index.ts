export { scriptText, withHeader, type ScriptHeader } from './script-text.ts';
export { makeScripts, type MadeScript, type MakeScriptsRequest } from './make-scripts.ts';
