export { ruleDocs } from './markdown.ts';
export { rulePage, switchOff, type Block } from './rule-page.ts';
export { terminal } from './terminal.ts';
