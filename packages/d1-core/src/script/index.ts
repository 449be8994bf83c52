export { functionOf, type ScriptFunction, type ScriptOptions } from './function-of.ts';
