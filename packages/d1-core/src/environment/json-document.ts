import { findNodeAtLocation, getNodeValue, parseTree, printParseErrorCode } from 'jsonc-parser';
import type { ParseError } from 'jsonc-parser';
import { basename } from 'node:path';
import { D1Error } from '../errors/index.ts';
import type { ConfigDocument, ConfigPath } from './document.ts';

/** Comments and trailing commas are allowed in `.json` too: wrangler allows them. */
export function parseJsonDocument(file: string, text: string): ConfigDocument {
  const errors: ParseError[] = [];
  const tree = parseTree(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined || tree === undefined) throw syntaxError(file, text, error);
  return {
    value: getNodeValue(tree),
    lineOf(path: ConfigPath) {
      for (let length = path.length; length > 0; length--) {
        const node = findNodeAtLocation(tree, path.slice(0, length));
        if (node !== undefined) return positionAt(text, node.offset).line;
      }
      return undefined;
    },
  };
}

function syntaxError(file: string, text: string, error: ParseError | undefined): D1Error {
  const empty = text.trim() === '';
  const { line, column } = positionAt(text, error?.offset ?? 0);
  const problem = error === undefined ? 'ValueExpected' : printParseErrorCode(error.error);
  return new D1Error({
    code: 'wrangler-config-syntax',
    message: empty
      ? `${basename(file)} is empty, and JSON needs at least one value.`
      : `${basename(file)} is not valid JSON: ${problem} in line ${line}, column ${column}.`,
    fix: empty ? 'Write at least: {}' : `Correct line ${line} of ${basename(file)}.`,
    exitCode: 2,
    location: { file, line, column },
  });
}

function positionAt(text: string, offset: number): { line: number; column: number } {
  const before = text.slice(0, offset).split('\n');
  return { line: before.length, column: (before.at(-1) ?? '').length + 1 };
}
