export { invert, uniqueLosses, type Inversion } from './invert.ts';
export { statementsBetween } from './inverse-statements.ts';
