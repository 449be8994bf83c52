import type { ArchiveMetadata } from '../archive/index.ts';

/** The text of `metadata.json`, piece by piece: the list of a million photos need not be one text in memory. */
export function* metadataText({ entries, photos, ...rest }: ArchiveMetadata): Generator<string> {
  yield JSON.stringify(rest, null, 2).replace(/\n\}$/, '');
  if (photos !== undefined) {
    const { objects, ...facts } = photos;
    yield `,\n  "photos": {\n    ${JSON.stringify(facts).slice(1, -1)},\n    "objects": `;
    yield* list(objects, '    ');
    yield '\n  }';
  }
  yield ',\n  "entries": ';
  yield* list(entries, '  ');
  yield '\n}\n';
}

function* list(items: readonly object[], indent: string): Generator<string> {
  if (items.length === 0) return yield '[]';
  let text = '[';
  for (const [index, item] of items.entries()) {
    text += `${index === 0 ? '' : ','}\n${indent}  ${JSON.stringify(item)}`;
    if (text.length < 100_000) continue;
    yield text;
    text = '';
  }
  yield `${text}\n${indent}]`;
}
