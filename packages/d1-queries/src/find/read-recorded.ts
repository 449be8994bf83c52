import { readFileSync } from 'node:fs';
import { isAbsolute, resolve } from 'node:path';
import { explainFileError } from 'd1-core/errors';
import { lineIndex } from 'd1-core/sql';
import { RECORDED_MARK } from '../worker/index.ts';
import type { Query } from './query.ts';

/**
 * The queries in a log, as `recordQueries` writes them. Where the stack tells a file below `root`, that is their place, and else
 * the line of the log. Throws D1Error `file-failed` for a log that cannot be read.
 */
export function readRecorded(log: string, root: string): readonly Query[] {
  let text: string;
  try {
    text = readFileSync(log, 'utf8');
  } catch (error) {
    throw explainFileError(error, { file: log }) ?? error;
  }
  const lines = lineIndex(text);
  return [...text.matchAll(new RegExp(`${RECORDED_MARK}(\\{.*\\})`, 'g'))].flatMap(
    ({ index, 1: json = '' }) => {
      const recorded = recordedIn(json);
      if (recorded === undefined) return [];
      const inLog = { file: log, ...lines.positionAt(index) };
      const place = placeIn(recorded.at, root) ?? inLog;
      return {
        sql: recorded.sql,
        place,
        call: place,
        kind: recorded.kind === 'exec' ? 'exec' : 'recorded',
        bindings: [],
        bound: undefined,
        hasList: false,
        isSome: false,
        placeAt: () => place,
        sourceAt: () => sourceOf(place.file) ?? '',
      } satisfies Query;
    },
  );
}

function recordedIn(
  json: string,
): { readonly sql: string; readonly kind: string; readonly at: string } | undefined {
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value !== 'object' || value === null || !('sql' in value) || typeof value.sql !== 'string')
      return undefined;
    return {
      sql: value.sql,
      kind: 'kind' in value ? String(value.kind) : '',
      at: 'at' in value ? String(value.at) : '',
    };
  } catch {
    // A line that the log cut off.
    return undefined;
  }
}

function placeIn(at: string, root: string): Query['place'] | undefined {
  const [, named = '', line, column] = /\(?((?:file:\/\/)?[^\s()]+):(\d+):(\d+)\)?$/.exec(at) ?? [];
  const path = named.replace(/^file:\/\//, '');
  const file = isAbsolute(path) ? path : resolve(root, path);
  return path === '' || sourceOf(file) === undefined
    ? undefined
    : { file, line: Number(line), column: Number(column) };
}

function sourceOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
