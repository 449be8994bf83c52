import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { CALL_FORMS } from '../testing/call-forms.ts';
import { findQueries } from './index.ts';

const find = (files: Readonly<Record<string, string>>, bindings = ['DB'], main = 'main.ts') => {
  const root = temporaryFolder();
  writeFiles(root, files);
  return findQueries({ main: join(root, main), bindings });
};

const words = (sql: string) => sql.replaceAll(/\s+/g, ' ').trim();

const ALL = CALL_FORMS.flatMap(({ title, forms }) =>
  forms.map((form) => [`${title}: ${form.title}`, form] as const),
);

describe('the call forms', () => {
  it('are more than 120', () => expect(ALL.length).toBeGreaterThanOrEqual(120));

  it.each(ALL)('%s', (_, { source, files = {}, found = [], dynamic = 0, recording }) => {
    const main = source.includes('<p>') ? 'main.tsx' : 'main.ts';
    const result = find({ [main]: source, ...files }, ['DB'], main);
    expect({
      found: [...new Set(result.queries.map(({ sql }) => words(sql)))].sort(),
      dynamic: result.dynamic.length,
      recording: result.builders[0]?.package,
      unread: result.unread,
    }).toEqual({
      found: [...found].sort(),
      dynamic,
      recording,
      unread: [],
    });
  });
});

describe('the place of a name in a query', () => {
  const placeOf = (source: string, name: string) => {
    const [query] = find({ 'main.ts': source }).queries;
    const { line, column } = query?.placeAt(query.sql.indexOf(name)) ?? {};
    return { line, column };
  };

  it.each([
    ['in a text', `env.DB.prepare('SELECT here')`, 1, 24],
    ['after escapes', `env.DB.prepare('\\x20\\u0020\\u{20}\\'\\n SELECT here')`, 1, 45],
    ['after a line that goes on', "env.DB.prepare('SELECT \\\n here')", 2, 2],
    ['after an emoji', "const a = '🐟'; env.DB.prepare('SELECT here')", 1, 40],
    ['in the second line of a template', 'env.DB.prepare(`\n  SELECT here`)', 2, 10],
    ['after CRLF in a template', 'env.DB.prepare(`\r\n  SELECT 1,\r\n  here`)', 3, 3],
    ['after a constant in a template', 'const T = "a, b";\nenv.DB.prepare(`SELECT ${T}, here`)', 2, 30],
    ['in the constant', 'const T = "a, here";\nenv.DB.prepare(`SELECT ${T}, b`)', 1, 15],
    ['in a nested template', 'env.DB.prepare(`SELECT ${`a, here`}, b`)', 1, 30],
    [
      'in a part that was pushed',
      'const w = ["a"];\nw.push("here = ?");\nenv.DB.prepare(`SELECT ${w.join()}`)',
      2,
      9,
    ],
    ['after a byte order mark', "\uFEFFenv.DB.prepare('SELECT here')", 1, 24],
  ])('is right %s', (_, source, line, column) => {
    expect(placeOf(source, 'here')).toEqual({ line, column });
  });
});

describe('the database that is asked', () => {
  const bindingsOf = (source: string) =>
    find({ 'main.ts': source }, ['DB', 'LOG']).queries.map(({ bindings }) => bindings);

  it.each([
    ['is the binding', `env.LOG.prepare('SELECT 1')`, [['LOG']]],
    [
      'is what the caller gives',
      `const f = (d: D1Database) => d.prepare('SELECT 1'); f(env.DB); f(env.LOG)`,
      [['DB', 'LOG']],
    ],
    [
      'is that of the class',
      `class R { constructor(private db: D1Database) {} all() { return this.db.prepare('SELECT 1') } } new R(env.LOG)`,
      [['LOG']],
    ],
    ['is open where nothing tells it', `export const f = (d: any) => d.prepare('SELECT 1')`, [[]]],
  ])('%s', (_, source, expected) => {
    expect(bindingsOf(source)).toEqual(expected);
  });
});

describe('the number of bound values', () => {
  it.each([
    [`env.DB.prepare('SELECT ?').bind(1).first()`, 1],
    [`env.DB.prepare('SELECT ?').first()`, 0],
    [`env.DB.prepare('SELECT ?').bind(...all).first()`, undefined],
    [`const s = env.DB.prepare('SELECT ?'); s.bind(1); s.bind(2)`, 1],
    [`const s = env.DB.prepare('SELECT ?'); s.bind(1); s.bind(2, 3)`, undefined],
    [`export const s = env.DB.prepare('SELECT ?')`, undefined],
  ])('of %s', (source, bound) => {
    expect(find({ 'main.ts': source }).queries).toEqual([expect.objectContaining({ bound })]);
  });
});

describe('what is broken', () => {
  it('is reported, and the rest is read', () => {
    const { queries, unread } = find({
      'main.ts': `import './broken'; import './gone'; env.DB.prepare('SELECT id FROM t')`,
      'broken.ts': `const a = 1;\nconst = 'x`,
    });
    expect(queries).toHaveLength(1);
    expect(unread.map(({ place, message }) => [place.file.split('/').at(-1), place.line, message])).toEqual([
      ['main.ts', 1, './gone is imported, and was not found'],
      ['broken.ts', 2, expect.stringMatching(/./)],
    ]);
  });

  it('a main that does not exist is reported', () => {
    expect(find({}, ['DB'], 'nowhere.ts')).toMatchObject({
      queries: [],
      unread: [{ message: 'the file cannot be read' }],
    });
  });

  it('a query of 100 kB is found', () => {
    const long = `SELECT ${'a, '.repeat(33_000)}b FROM t`;
    const lines = long.match(/.{1,80}/gs) ?? [];
    const sum = lines.map((line) => JSON.stringify(line)).join(' +\n');
    expect(find({ 'main.ts': `env.DB.prepare(${sum})` }).queries).toEqual([
      expect.objectContaining({ sql: long }),
    ]);
  });

  it('of many optional parts each is in some form, and it is said that forms are missing', () => {
    const parts = Array.from({ length: 12 }, (_, index) => `if (x[${index}]) w.push('c${index} = ?');`);
    const { queries } = find({
      'main.ts': `export function f(x: boolean[]) { const w = ['a = 1']; ${parts.join('')} return env.DB.prepare(\`SELECT id FROM t WHERE \${w.join(' AND ')}\`) }`,
    });
    const all = queries.map(({ sql }) => sql).join();
    expect(parts.every((_, index) => all.includes(`c${index} = ?`))).toBe(true);
    expect(queries.length).toBeLessThan(100);
    expect(queries.some(({ isSome }) => isSome)).toBe(true);
  });

  it('functions that call themselves and each other come to an end', () => {
    const source = `const a = (n: number): string => n > 0 ? b(n - 1) : 'SELECT id FROM t'; const b = (n: number): string => a(n); env.DB.prepare(a(3));
      const r = (q: string) => { env.DB.prepare(q); r(q) }; r('SELECT a FROM t')`;
    expect(find({ 'main.ts': source }).queries.map(({ sql }) => sql)).toEqual(
      expect.arrayContaining(['SELECT id FROM t', 'SELECT a FROM t']),
    );
  });

  it('files that import each other are each read once', () => {
    const { queries, unread } = find({
      'main.ts': `import { a } from './a'; export const ID = 'id'; env.DB.prepare(a);`,
      'a.ts': `import { ID } from './main'; import { TABLE } from './b'; export const a = \`SELECT \${ID} FROM \${TABLE}\`;`,
      'b.ts': `import { a } from './a'; export const TABLE = 't'; export const used = a;`,
    });
    expect({ sql: queries.map(({ sql }) => sql), unread }).toEqual({ sql: ['SELECT id FROM t'], unread: [] });
  });

  it('a client that a tool has generated, in a long line of CommonJS, is read like other code', () => {
    const shapes = Array.from({ length: 2000 }, (_, index) => `exports.m${index}={name:"model ${index}"};`);
    const { queries, unread } = find({
      'main.ts': `import { Client } from './generated/client.cjs'; export const all = (env: Env) => new Client(env.DB).all();`,
      'generated/client.cjs': `"use strict";Object.defineProperty(exports,"__esModule",{value:!0});${shapes.join('')}class Client{constructor(e){this.d=e}all(){return this.d.prepare("SELECT id FROM t").all()}}exports.Client=Client;`,
    });
    expect({ sql: queries.map(({ sql }) => sql), unread }).toEqual({ sql: ['SELECT id FROM t'], unread: [] });
  });

  it('of 5,000 files none is passed over', () => {
    const names = Array.from({ length: 5000 }, (_, index) => `parts${index % 50}/f${index}`);
    const { queries, files } = find({
      'main.ts': names.map((name) => `import './${name}';`).join('\n'),
      ...Object.fromEntries(
        names.map((name, index) => [
          `${name}.ts`,
          index % 10 === 0 ? `env.DB.prepare('SELECT ${index} FROM t');` : `export const x = ${index};`,
        ]),
      ),
    });
    expect([files.length, queries.length]).toEqual([5001, 500]);
  });
});
