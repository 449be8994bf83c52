export { loadTokenizer, isTrivia, type Token, type TokenKind, type Tokenize } from './tokens.ts';
export {
  lineIndex,
  type LineIndex,
  type Position,
  splitStatements,
  type Statement,
  statementText,
} from './statements.ts';
export {
  comment,
  foldName,
  identifier,
  identifiers,
  type Quote,
  quoteIdentifier,
  quoteOf,
  quoteText,
  sameName,
  unquote,
} from './quote.ts';
export { ALWAYS } from './syntax-json.ts';
export { SyntaxNode, type Name, type NodeOf } from './syntax-node.ts';
export {
  loadParser,
  MAX_STATEMENT_BYTES,
  significantTokens,
  type Parse,
  type ParsedStatement,
} from './parse.ts';
