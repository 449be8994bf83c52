import { basename } from 'node:path';
import { parse, TomlError } from 'smol-toml';
import { D1Error } from '../errors/index.ts';
import type { ConfigDocument } from './document.ts';
import { locateTomlKeys } from './toml-lines.ts';

export function parseTomlDocument(file: string, text: string): ConfigDocument {
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
