export { codeFrame, describeError, errorDocument } from './error.ts';
export {
  type AnnotationLevel,
  githubAnnotation,
  jsonText,
  markdownBlock,
  markdownCode,
  markdownTable,
  markdownText,
  mermaidText,
  mermaidWord,
  xmlText,
} from './media.ts';
export { plural, printLines, printText, style, table, terminalText, visible } from './terminal.ts';
