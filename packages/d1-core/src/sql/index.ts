export { loadTokenizer, isTrivia, type Token, type TokenKind, type Tokenize } from './tokens.ts';
export { splitStatements, statementText, type Statement } from './statements.ts';
export { lineIndex, type LineIndex, type Position } from './position.ts';
export { comment, identifier, identifiers, quoteIdentifier, quoteText } from './quote.ts';
export { foldName, quoteOf, sameName, unquote, type Quote } from './identifier.ts';
export { SyntaxNode, type Name } from './syntax-node.ts';
export {
  loadParser,
  MAX_STATEMENT_BYTES,
  significantTokens,
  type Parse,
  type ParsedStatement,
} from './parse.ts';
