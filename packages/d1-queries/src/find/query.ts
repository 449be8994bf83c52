import type { SourceFile } from './source-file.ts';
import type { Place } from './source-file.ts';
import type { Piece } from './value.ts';

/** SQL that the Worker gives to D1. */
export interface Query {
  readonly sql: string;
  /** Where its text begins. */
  readonly place: Place;
  /** Where it is given to D1. */
  readonly call: Place;
  /** `exec` takes one statement a line; `tag` is a template of a library; `recorded` was seen when it ran. */
  readonly kind: 'prepare' | 'exec' | 'tag' | 'recorded';
  /** The bindings that are asked; empty where it cannot be told. */
  readonly bindings: readonly string[];
  /** How many values are bound to it; undefined where the source does not say it. */
  readonly bound: number | undefined;
  /** It has a list of placeholders that is as long as a list of values: one stands for it. */
  readonly hasList: boolean;
  /** It has so many optional parts that not all of its forms are here. */
  readonly isSome: boolean;
  /** The place of a UTF-16 offset into `sql`. */
  placeAt(offset: number): Place;
  /** The text of the file in which that place is. */
  sourceAt(offset: number): string;
}

/** SQL that only a run of the Worker can tell. */
export interface Dynamic {
  /** The part that is not known. */
  readonly place: Place;
  /** What stands there, shortened. */
  readonly code: string;
  readonly call: Place;
  readonly why: string;
}

/** A database that is given to a package, which makes SQL when it runs. */
export interface Builder {
  readonly place: Place;
  readonly package: string;
}

/** Where the parts of a text stand in the source. */
export function placesOf(pieces: readonly Piece[]): Pick<Query, 'placeAt' | 'sourceAt'> {
  const find = (offset: number) => {
    let from = 0;
    for (const piece of pieces) {
      const { length } = piece.text;
      if (offset < from + length || (piece === pieces.at(-1) && offset <= from + length))
        return { piece, inside: offset - from };
      from += length;
    }
    return undefined;
  };
  const [first] = pieces;
  return {
    placeAt(offset) {
      const found = find(offset);
      if (found === undefined) return first?.file.place(first.start) ?? { file: '', line: 1, column: 1 };
      const { piece, inside } = found;
      return piece.file.place(piece.kind === 'written' ? sourceOffset(piece, inside) : piece.start);
    },
    sourceAt: (offset) => (find(offset)?.piece ?? first)?.file.text ?? '',
  };
}

/** Escapes and CRLF are longer in the source than in the text. */
function sourceOffset({ text, file, start }: Piece, inside: number): number {
  if (file.text.startsWith(text, start)) return start + inside;
  const { text: source } = file;
  let at = start;
  for (let done = 0; done < inside && at < source.length;) {
    const [written, made] = oneCharacter(source, at);
    at += written;
    done += made;
  }
  return at;
}

/** How long a character is in the source, and in the text. */
function oneCharacter(source: string, at: number): readonly [number, number] {
  if (source.startsWith('\r\n', at)) return [2, 1];
  if (source[at] !== '\\') return [1, 1];
  const rest = source.slice(at, at + 12);
  const continued = /^\\(\r\n|[\n\r\u2028\u2029])/.exec(rest);
  if (continued !== null) return [continued[0].length, 0];
  const braced = /^\\u\{([0-9a-f]+)\}/i.exec(rest);
  if (braced !== null) return [braced[0].length, Number.parseInt(braced[1] ?? '', 16) > 0xffff ? 2 : 1];
  const fixed = /^\\(u[0-9a-f]{4}|x[0-9a-f]{2})/i.exec(rest);
  return [fixed?.[0].length ?? 2, 1];
}

export const snippet = (file: SourceFile, start: number, end: number): string => {
  const text = file.text.slice(start, end).replaceAll(/\s+/g, ' ');
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
};
