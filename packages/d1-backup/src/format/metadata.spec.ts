import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020, type AnySchema } from 'ajv/dist/2020.js';
import { testEntries } from '../testing/archive.ts';
import { DIFFICULT } from '../testing/difficult.ts';
import { readArchiveMetadata, type ArchiveMetadata } from './metadata.ts';
import { isObject } from 'd1-core/errors';

const schemaText = readFileSync(join(import.meta.dirname, '../../metadata.schema.json'), 'utf8');
const read = (value: unknown) => readArchiveMetadata(JSON.stringify(value), 'backup.zip');

/** With everything that may be left out. */
type Complete<Value> = Value extends readonly (infer Item)[]
  ? readonly Complete<Item>[]
  : Value extends object
    ? { readonly [Key in keyof Value]-?: Complete<Exclude<Value[Key], undefined>> }
    : Value;

const SHA = 'a'.repeat(64);
const TIME = '2025-09-04T14:30:22.000Z';
const COMPLETE: Complete<ArchiveMetadata> = {
  formatVersion: 2,
  versions: { 'd1-backup': '1.0.0', wrangler: '4.156.0', node: '24.0.0' },
  environment: { name: 'production', location: 'remote' },
  startedAt: TIME,
  notBefore: TIME,
  finishedAt: TIME,
  database: {
    binding: 'DB',
    name: 'app',
    id: 'id',
    mode: 'export',
    bookmark: { before: '1', after: '1' },
    consistent: true,
    schemaSha256: SHA,
    tables: [{ name: 'a', rows: 1, sha256: SHA }],
    searches: [{ name: 'g', sha256: 'c'.repeat(64) }],
    lostSearches: ['f'],
    rowsWithoutParent: [{ table: 'a', row: '1', parent: 'b' }],
  },
  photos: {
    bucket: 'photos',
    prefix: '',
    objects: [
      {
        key: 'a',
        path: 'photos/originals/a',
        etag: 'e',
        size: 1,
        sha256: SHA,
        metadata: {
          contentType: 'a',
          contentLanguage: 'b',
          contentDisposition: 'c',
          contentEncoding: 'd',
          cacheControl: 'e',
          cacheExpiry: TIME,
          custom: { any: 'thing' },
        },
        check: 'multipart',
        partSize: 5,
      },
    ],
    problems: [{ key: 'b', kind: 'vanished', reason: 'gone' }],
  },
  entries: [{ path: 'database.sql', size: 1, sha256: SHA }],
  manifest: { entries: 1, objects: 1, sha256: SHA },
  proof: { result: 'restored', at: TIME },
  warnings: ['careful'],
};

const validate = (schema: AnySchema, value: unknown) => {
  const check = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(schema);
  return check(value)
    ? []
    : (check.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
};

/** The schema as it would be if it knew all fields. */
const closed: AnySchema = JSON.parse(schemaText, (_, part: unknown) =>
  isObject(part) && 'required' in part ? { additionalProperties: false, ...part } : part,
);

/** The value without one of its parts, for each part. */
function* withoutOne(value: unknown): Generator<readonly [string, unknown]> {
  if (Array.isArray(value)) {
    for (const [path, less] of withoutOne(value[0])) yield [`0.${path}`, [less]];
  } else if (isObject(value)) {
    for (const [key, part] of Object.entries(value)) {
      yield [key, Object.fromEntries(Object.entries(value).filter(([other]) => other !== key))];
      for (const [path, less] of withoutOne(part)) yield [`${key}.${path}`, { ...value, [key]: less }];
    }
  }
}

const isRead = (value: unknown): boolean => {
  try {
    return read(value) !== undefined;
  } catch {
    return false;
  }
};

describe('metadata.schema.json', () => {
  const schema: AnySchema = JSON.parse(schemaText);

  it('knows every field that metadata may have, and the reader gives them all back', () => {
    expect(validate(closed, COMPLETE)).toEqual([]);
    expect(read(COMPLETE)).toEqual(COMPLETE);
  });

  it('takes the metadata of a real archive', async () => {
    const entries = await testEntries({
      statements: DIFFICULT['AUTOINCREMENT'] ?? [],
      photos: { 'originals/a.jpg': 'a' },
    });
    const metadata: unknown = JSON.parse(String(entries.get('metadata.json')));
    expect(validate(closed, metadata)).toEqual([]);
    expect(read(metadata)).toEqual(metadata);
  });

  it('demands the same fields as the reader', () => {
    const parts = [...withoutOne(COMPLETE)].filter(([path]) => !path.includes('metadata.'));
    expect(parts.length).toBeGreaterThan(40);
    for (const [path, less] of parts) {
      expect([path, validate(schema, less).length === 0]).toEqual([path, isRead(less)]);
    }
  });

  it('lets later versions add fields', () => {
    expect(validate(schema, { ...COMPLETE, later: 1 })).toEqual([]);
    expect(read({ ...COMPLETE, later: 1 })).toEqual(COMPLETE);
  });
});
