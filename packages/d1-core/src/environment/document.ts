import { basename, extname } from 'node:path';
import {
  findNodeAtLocation,
  getNodeValue,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { parse, TomlError } from 'smol-toml';
import { D1Error } from '../errors/index.ts';

export type ConfigPath = readonly (string | number)[];

/** A parsed config file that can still say where a value stands. */
export interface ConfigDocument {
  readonly value: unknown;
  /**
   * The line, from 1, of the value at a path, or of the nearest value around it.
   * TOML has no positions: `text`, a string inside the value, helps to find the right line of an inline table.
   */
  lineOf(path: ConfigPath, text?: string): number | undefined;
}

/** Reads the format from the file's extension, as wrangler does. Throws D1Error `wrangler-config-syntax`. */
export function parseDocument(file: string, text: string): ConfigDocument {
  const withoutBom = text.startsWith('\uFEFF') ? text.slice(1) : text;
  return extname(file) === '.toml'
    ? parseTomlDocument(file, withoutBom)
    : parseJsonDocument(file, withoutBom);
}

/** Comments and trailing commas are allowed in `.json` too: wrangler allows them. */
function parseJsonDocument(file: string, text: string): ConfigDocument {
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

function parseTomlDocument(file: string, text: string): ConfigDocument {
  try {
    return { value: parse(text), lineOf: locateTomlKeys(text) };
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const { line, column, message } = error;
    const problem = message.split('\n', 1).join('').replace('Invalid TOML document: ', '');
    throw new D1Error({
      code: 'wrangler-config-syntax',
      message: `${basename(file)} is not valid TOML: ${problem} in line ${line}, column ${column}.`,
      fix: `Correct line ${line} of ${basename(file)}.`,
      exitCode: 2,
      location: { file, line, column },
      cause: error,
    });
  }
}

// The parser gives values without positions, so the lines are found by reading headers and keys at line starts.
// The text is known to be valid; what is misread here costs only the exactness of a line number.
const key = String.raw`(?:[\w-]+|"[^"]*"|'[^']*')`;
const dottedKey = String.raw`${key}(?:\s*\.\s*${key})*`;
const headerLine = new RegExp(String.raw`^\s*(\[\[?)\s*(${dottedKey})\s*\]`);
const keyLine = new RegExp(String.raw`^\s*(${dottedKey})\s*=`);

/** Returns a function that finds the line, from 1, of a path in valid TOML, or of the nearest key around it. */
function locateTomlKeys(text: string): (path: ConfigPath, text?: string) => number | undefined {
  const lines = text.split('\n');
  const known = readKeys(lines);
  const starts = [...new Set(known.values())].sort((a, b) => a - b);

  return (path, inside) => {
    for (let length = path.length; length > 0; length--) {
      const start = known.get(JSON.stringify(path.slice(0, length)));
      if (start === undefined) continue;
      if (length === path.length || inside === undefined) return start;
      const end = starts.find((line) => line > start) ?? lines.length + 1;
      const found = lines.slice(start - 1, end - 1).findIndex((line) => quotes(line, inside));
      return start + Math.max(found, 0);
    }
    return undefined;
  };
}

function readKeys(lines: readonly string[]): ReadonlyMap<string, number> {
  const known = new Map<string, number>();
  const lengths = new Map<string, number>();
  let table: ConfigPath = [];
  let openString: string | undefined;

  lines.forEach((text, index) => {
    const continues = openString !== undefined;
    openString = stringLeftOpen(text, openString);
    if (continues) return;
    const [, brackets, header] = headerLine.exec(text) ?? [];
    const [, assigned] = keyLine.exec(text) ?? [];
    if (header !== undefined) {
      table = enterTable(splitKey(header), brackets === '[[', lengths);
      remember(known, table, index + 1);
    } else if (assigned !== undefined) {
      remember(known, [...table, ...splitKey(assigned)], index + 1);
    }
  });
  return known;
}

/** The path of a header, with the positions of the arrays of tables that it passes through. */
function enterTable(keys: readonly string[], isElement: boolean, lengths: Map<string, number>): ConfigPath {
  const path: (string | number)[] = [];
  keys.forEach((name, index) => {
    path.push(name);
    const array = JSON.stringify(path);
    const length = (lengths.get(array) ?? 0) + (isElement && index === keys.length - 1 ? 1 : 0);
    if (length === 0) return;
    lengths.set(array, length);
    path.push(length - 1);
  });
  return path;
}

/** Records a path and the tables around it, each at the first line that mentions it. */
function remember(known: Map<string, number>, path: ConfigPath, line: number): void {
  for (let length = path.length; length > 0; length--) {
    const name = JSON.stringify(path.slice(0, length));
    if (!known.has(name)) known.set(name, line);
  }
}

function splitKey(dotted: string): string[] {
  return [...dotted.matchAll(new RegExp(key, 'g'))].map(([part]) => part.replace(/^["']|["']$/g, ''));
}

/** The delimiter of a multi-line string that is still open at the end of a line. */
function stringLeftOpen(line: string, open: string | undefined): string | undefined {
  for (const [delimiter] of line.matchAll(/"""|'''/g)) {
    if (open === undefined) open = delimiter;
    else if (open === delimiter) open = undefined;
  }
  return open;
}

function quotes(line: string, text: string): boolean {
  return line.includes(`"${text}"`) || line.includes(`'${text}'`);
}
