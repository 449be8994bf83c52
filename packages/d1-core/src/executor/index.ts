export { executor } from './executor.ts';
export { readTexts } from './read-texts.ts';
