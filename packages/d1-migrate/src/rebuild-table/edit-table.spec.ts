import { parseTableDefinition, printTableDefinition } from 'd1-core/rebuild';
import { loadTokenizer, type Tokenize } from 'd1-core/sql';
import { editTable } from './edit-table.ts';
import { readEdits, type EditOptions } from './read-edits.ts';

const SQL = `CREATE TABLE lists (
  id INTEGER PRIMARY KEY,
  title TEXT DEFAULT 'x' CHECK (length(title) > 0), -- shown to people
  kind TEXT UNIQUE,
  owner INTEGER REFERENCES users (id) ON DELETE SET NULL,
  UNIQUE (title, owner),
  CHECK (kind IN ('title', 'b'))
)`;

describe('editing the definition of a table', () => {
  let tokenize: Tokenize;
  beforeAll(async () => void (tokenize = await loadTokenizer()));

  const edit = (options: EditOptions, sql = SQL): string => {
    const definition = parseTableDefinition(sql, tokenize);
    if (definition === undefined) throw new Error('no definition');
    return printTableDefinition(editTable(definition, readEdits(options), tokenize));
  };

  it('changes nothing, comments included, where nothing is asked for', () => {
    expect(edit({})).toBe(SQL);
  });

  it.each<[string, EditOptions, readonly string[], readonly string[]]>([
    ['a type', { retype: ['title:VARCHAR(20)'] }, ["title VARCHAR(20) DEFAULT 'x' CHECK"], ['title TEXT']],
    ['NOT NULL', { notNull: ['kind'] }, ['kind TEXT UNIQUE NOT NULL'], []],
    ['a default that is a literal', { setDefault: 'kind:-1' }, ['kind TEXT UNIQUE DEFAULT -1'], []],
    [
      'a default that is an expression',
      { setDefault: "kind:coalesce('a', 'b')" },
      ["DEFAULT (coalesce('a', 'b'))"],
      [],
    ],
    ['no default', { dropDefault: ['title'] }, ['title TEXT CHECK'], ['DEFAULT']],
    ['a check', { addCheck: 'id > 0' }, ["CHECK (kind IN ('title', 'b')),\n  CHECK (id > 0)\n)"], []],
    ['no check', { dropCheck: ['title'] }, ["title TEXT DEFAULT 'x',", "IN ('title', 'b')"], ['length']],
    ['no check of the table', { dropCheck: ['kind'] }, ['length'], ["IN ('title'"]],
    [
      'a foreign key',
      { addForeignKey: ['kind:kinds.name:set_null'] },
      ['FOREIGN KEY (kind) REFERENCES kinds (name) ON DELETE SET NULL'],
      [],
    ],
    ['no foreign key', { dropForeignKey: ['owner'] }, ['owner INTEGER,'], ['REFERENCES']],
    [
      'a column less, with what names it',
      { drop: ['kind'], dropCheck: ['kind'] },
      ['UNIQUE (title, owner)'],
      ['kind'],
    ],
  ])('gives %s', (_, options, parts, gone) => {
    const text = edit(options);
    for (const part of parts) expect(text).toContain(part);
    for (const part of gone) expect(text).not.toContain(part);
  });

  it('takes NOT NULL away, with its name', () => {
    const sql = 'CREATE TABLE t (a TEXT CONSTRAINT needed NOT NULL DEFAULT 1)';
    expect(edit({ nullable: ['a'] }, sql)).toBe('CREATE TABLE t (a TEXT DEFAULT 1)');
  });

  it.each<[EditOptions, string]>([
    [{ drop: ['owner'] }, 'UNIQUE (title, owner) names it'],
    [{ drop: ['titel'] }, 'has no column "titel"'],
    [{ notNull: ['nowhere'] }, 'has no column "nowhere"'],
    [{ retype: ['title'] }, 'does not say what is to change'],
    [{ rename: ['title'] }, 'does not say what is to change'],
    [{ addForeignKey: ['kind:kinds'] }, 'does not say what is to change'],
    [{ addForeignKey: ['kind:kinds.name:DELETE'] }, 'does not say what is to change'],
  ])('refuses %j', (options, message) => {
    expect(() => edit(options)).toThrow(message);
  });
});
