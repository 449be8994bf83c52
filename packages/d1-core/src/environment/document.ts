import { extname } from 'node:path';
import { parseJsonDocument } from './json-document.ts';
import { parseTomlDocument } from './toml-document.ts';

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
