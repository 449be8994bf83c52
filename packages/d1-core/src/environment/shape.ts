import { basename, extname } from 'node:path';
import { D1Error } from '../errors/index.ts';
import type { ConfigDocument, ConfigPath } from './document.ts';

type Values = Readonly<Record<string, unknown>>;

/** Reads values of an expected shape. A value of another shape is a D1Error `invalid-wrangler-config`. */
export interface ShapeReader {
  readonly lineOf: ConfigDocument['lineOf'];
  object(path: ConfigPath, value: unknown): Values;
  /** The objects of an array, none when the array is missing. */
  list(path: ConfigPath, value: unknown): readonly { readonly path: ConfigPath; readonly values: Values }[];
  string(path: ConfigPath, values: Values, key: string): string | undefined;
  requiredString(path: ConfigPath, values: Values, key: string): string;
}

export function createShapeReader(file: string, document: ConfigDocument): ShapeReader {
  const isToml = extname(file) === '.toml';

  const reject = (path: ConfigPath, problem: string, fix: string): D1Error =>
    new D1Error({
      code: 'invalid-wrangler-config',
      message: `${path.length === 0 ? 'The top level' : display(path)} of ${basename(file)} ${problem}.`,
      fix,
      exitCode: 2,
      location: { file, line: document.lineOf(path) },
    });

  const reader: ShapeReader = {
    lineOf: document.lineOf,
    object(path, value) {
      if (isObject(value)) return value;
      const example = isToml ? `[${path.join('.')}]` : path.length === 0 ? '{}' : `"${path.at(-1)}": {}`;
      throw reject(path, `must be a table of keys, and is ${kindOf(value)}`, `Write it as ${example}`);
    },
    list(path, value) {
      if (value === undefined) return [];
      if (Array.isArray(value)) {
        return value.map((entry: unknown, index) => {
          const entryPath = [...path, index];
          return { path: entryPath, values: reader.object(entryPath, entry) };
        });
      }
      const example = isToml ? `[[${path.join('.')}]]` : `"${path.at(-1)}": [{ "binding": "DB" }]`;
      throw reject(path, `must be a list, and is ${kindOf(value)}`, `Write it as ${example}`);
    },
    string(path, values, key) {
      const value = values[key];
      if (value === undefined || typeof value === 'string') return value;
      const example = isToml ? `${key} = "…"` : `"${key}": "…"`;
      throw reject(
        [...path, key],
        `must be a string, and is ${kindOf(value)}`,
        `Write it in quotes: ${example}`,
      );
    },
    requiredString(path, values, key) {
      const value = reader.string(path, values, key);
      if (value !== undefined && value !== '') return value;
      const example = isToml ? `${key} = "DB"` : `"${key}": "DB"`;
      throw reject(path, `has no "${key}"`, `Add ${example}`);
    },
  };
  return reader;
}

function isObject(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  if (value instanceof Date) return 'a date';
  return typeof value === 'object' ? 'a table of keys' : `a ${typeof value}`;
}

/** `env.production.d1_databases[0]` */
function display(path: ConfigPath): string {
  return path
    .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
    .join('')
    .slice(1);
}
