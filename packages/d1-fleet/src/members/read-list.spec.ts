import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { readListFile } from './read-list.ts';

function list(name: string, text: string) {
  const root = temporaryFolder();
  writeFiles(root, { [name]: text });
  return readListFile(join(root, name));
}

const EXPECTED = [
  { id: 'a-1', name: 'one', wave: 'early' },
  { id: 'a-2', name: 'two, Ltd.', wave: undefined },
];

describe('reading a list of databases', () => {
  it.each([
    ['t.csv', '\uFEFFdatabase_id,name,wave\r\na-1,one,early\r\na-2,"two, Ltd.",\r\n'],
    ['t.json', JSON.stringify([EXPECTED[0], { database_id: 'a-2', name: 'two, Ltd.', wave: '' }])],
    ['t.ndjson', EXPECTED.map((entry) => JSON.stringify(entry)).join('\n')],
    ['t.jsonl', '\uFEFF{"uuid":"a-1","name":"one","wave":"early"}\n\n{"id":"a-2","name":"two, Ltd."}\n'],
  ])('reads %s', (name, text) => {
    expect(list(name, text)).toEqual(EXPECTED);
  });

  it('takes names alone, and numbers as names', () => {
    expect(list('t.json', '["one", 2]')).toEqual([
      { name: 'one', wave: undefined },
      { name: '2', wave: undefined },
    ]);
  });

  it.each([
    ['t.json', '{"a": 1}', 'it is not an array'],
    ['t.json', '[', 'It cannot be read'],
    ['t.ndjson', '{"id": "a"}\nnonsense', 'It cannot be read'],
    ['t.csv', 'id,name\n"a,b', 'It cannot be read'],
    ['t.csv', 'tenant\nacme\n', 'entry 1: It has neither a "database_id" nor a "name"'],
    ['t.json', '[{"id": "a"}, {}]', 'entry 2: It has neither'],
  ])('says what is wrong with %s: %s', (name, text, message) => {
    expect(() => list(name, text)).toThrow(message);
  });

  it('says that a file is not there', () => {
    expect(() => readListFile('/nowhere/tenants.csv')).toThrow(/tenants\.csv/);
  });
});
