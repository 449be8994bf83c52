export { codeFrame } from './code-frame.ts';
export { describeError, errorDocument } from './error.ts';
export { githubAnnotation, type AnnotationLevel } from './github.ts';
export { style } from './style.ts';
export { table } from './table.ts';
export { plural } from './plural.ts';
