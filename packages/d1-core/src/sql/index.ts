export { loadTokenizer, isTrivia, type Token, type TokenKind, type Tokenize } from './tokens.ts';
export { splitStatements, statementText, type Statement } from './statements.ts';
export { lineIndex, type LineIndex, type Position } from './position.ts';
export { quoteIdentifier, quoteText } from './quote.ts';
