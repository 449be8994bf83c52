/** How SQL may reach D1 in a Worker's source, and what comes of it. The page docs/call-forms.md is written from here. */
export interface CallForm {
  readonly title: string;
  /** The file `main.ts`; other files by their names. `DB` is a binding, and `db` a parameter of the type D1Database. */
  readonly source: string;
  readonly files?: Readonly<Record<string, string>>;
  /** The statements that are found, white space taken together. */
  readonly found?: readonly string[];
  /** How many are listed as known only when the Worker runs. */
  readonly dynamic?: number;
  /** The package that makes the SQL when it runs. */
  readonly recording?: string;
}

export interface FormGroup {
  readonly title: string;
  readonly forms: readonly CallForm[];
}

const ID = 'SELECT id FROM t';
const T1 = 'SELECT a FROM t WHERE id = ?';

/** A form in which `SELECT id FROM t` is the only statement. */
const one = (title: string, source: string, files?: Readonly<Record<string, string>>): CallForm => ({
  title,
  source,
  found: [ID],
  ...(files === undefined ? {} : { files }),
});
const some = (
  title: string,
  source: string,
  found: readonly string[],
  files?: Readonly<Record<string, string>>,
): CallForm => ({
  title,
  source,
  found,
  ...(files === undefined ? {} : { files }),
});
const dynamic = (title: string, source: string, found: readonly string[] = [], count = 1): CallForm => ({
  title,
  source,
  found,
  dynamic: count,
});
const recording = (title: string, source: string, name: string): CallForm => ({
  title,
  source,
  found: [],
  recording: name,
});

export const CALL_FORMS: readonly FormGroup[] = [
  {
    title: 'Texts',
    forms: [
      one('a text in single quotes', `env.DB.prepare('SELECT id FROM t')`),
      one('a text in double quotes', `env.DB.prepare("SELECT id FROM t")`),
      one('a template', 'env.DB.prepare(`SELECT id FROM t`)'),
      one('a template over several lines', 'env.DB.prepare(`\n  SELECT id\n  FROM t\n`)'),
      some('escapes', `env.DB.prepare('SELECT \\'x\\' FROM t')`, ["SELECT 'x' FROM t"]),
      one('a sum of texts', `env.DB.prepare('SELECT id ' + 'FROM t')`),
      one('a sum with a constant', `const FROM = ' FROM t'; env.DB.prepare('SELECT id' + FROM)`),
      some('a number in a template', 'const PAGE = 20; env.DB.prepare(`SELECT id FROM t LIMIT ${PAGE}`)', [
        'SELECT id FROM t LIMIT 20',
      ]),
      one('trim()', 'env.DB.prepare(` SELECT id FROM t `.trim())'),
      one('replace() of white space', 'env.DB.prepare(`SELECT id\n FROM t`.replace(/\\s+/g, " "))'),
      one('concat()', `env.DB.prepare('SELECT id '.concat('FROM t'))`),
      one('a list of lines, joined', `env.DB.prepare(['SELECT id', 'FROM t'].join(' '))`),
      one('String.raw', 'env.DB.prepare(String.raw`SELECT id FROM t`)'),
      one(
        'a tag that only takes indentation away',
        `import dedent from 'dedent'; env.DB.prepare(dedent\`SELECT id FROM t\`)`,
      ),
      some(
        'toUpperCase() of a constant',
        "env.DB.prepare(`SELECT id FROM t ORDER BY id ${'desc'.toUpperCase()}`)",
        ['SELECT id FROM t ORDER BY id DESC'],
      ),
      some(
        'a comment with SQL in it',
        `// DB.prepare('SELECT no')\nenv.DB.prepare('SELECT id FROM t /* DB.prepare(x) */')`,
        ['SELECT id FROM t /* DB.prepare(x) */'],
      ),
      one('"as const"', `const Q = 'SELECT id FROM t' as const; env.DB.prepare(Q)`),
      one('"satisfies"', `env.DB.prepare('SELECT id FROM t' satisfies string)`),
      one('a cast', `env.DB.prepare(<string>'SELECT id FROM t')`),
      one('"!"', `const Q: string | undefined = 'SELECT id FROM t'; env.DB.prepare(Q!)`),
    ],
  },
  {
    title: 'Constants',
    forms: [
      one('a constant of the file', `const Q = 'SELECT id FROM t'; env.DB.prepare(Q)`),
      one(
        'a constant after its use',
        `export const f = () => env.DB.prepare(Q); const Q = 'SELECT id FROM t'`,
      ),
      one('an imported constant', `import { Q } from './q'; env.DB.prepare(Q)`, {
        'q.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('a renamed import', `import { Q as X } from './q'; env.DB.prepare(X)`, {
        'q.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('a default export', `import Q from './q'; env.DB.prepare(Q)`, {
        'q.ts': `export default 'SELECT id FROM t'`,
      }),
      one('a namespace', `import * as q from './q'; env.DB.prepare(q.Q)`, {
        'q.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('an export of another file', `import { Q } from './a'; env.DB.prepare(Q)`, {
        'a.ts': `export { Q } from './b'`,
        'b.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('"export *"', `import { Q } from './a'; env.DB.prepare(Q)`, {
        'a.ts': `export * from './b'`,
        'b.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('"export * as"', `import { q } from './a'; env.DB.prepare(q.Q)`, {
        'a.ts': `export * as q from './b'`,
        'b.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('imports in a circle', `import { Q } from './a'; env.DB.prepare(Q)`, {
        'a.ts': `import './main'; export * from './b'; export * from './a'`,
        'b.ts': `export * from './a'; export const Q = 'SELECT id FROM t'`,
      }),
      one('".js" that is a ".ts"', `import { Q } from './q.js'; env.DB.prepare(Q)`, {
        'q.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('a file of JavaScript', `import { Q } from './q.mjs'; env.DB.prepare(Q)`, {
        'q.mjs': `export const Q = 'SELECT id FROM t'`,
      }),
      one('an index file', `import { Q } from './q'; env.DB.prepare(Q)`, {
        'q/index.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('a path of tsconfig.json', `import { Q } from '@app/q'; env.DB.prepare(Q)`, {
        'tsconfig.json': '{ "compilerOptions": { "baseUrl": ".", "paths": { "@app/*": ["lib/*"] } } }',
        'lib/q.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('require()', `const { Q } = require('./q'); env.DB.prepare(Q)`, {
        'q.js': `exports.Q = 'SELECT id FROM t'`,
      }),
      one('module.exports', `const q = require('./q'); env.DB.prepare(q.Q)`, {
        'q.js': `module.exports = { Q: 'SELECT id FROM t' }`,
      }),
      one('a dynamic import', `const { Q } = await import('./q'); env.DB.prepare(Q)`, {
        'q.ts': `export const Q = 'SELECT id FROM t'`,
      }),
      one('a file of SQL', `import q from './q.sql'; env.DB.prepare(q)`, { 'q.sql': 'SELECT id FROM t' }),
      one('an object', `const Q = { all: 'SELECT id FROM t' }; env.DB.prepare(Q.all)`),
      one('an object in an object', `const Q = { t: { all: 'SELECT id FROM t' } }; env.DB.prepare(Q.t.all)`),
      one('a key in brackets', `const Q = { all: 'SELECT id FROM t' }; env.DB.prepare(Q['all'])`),
      one('Object.freeze()', `const Q = Object.freeze({ all: 'SELECT id FROM t' }); env.DB.prepare(Q.all)`),
      one(
        'an object that takes in another',
        `const A = { all: 'SELECT id FROM t' }; const Q = { ...A }; env.DB.prepare(Q.all)`,
      ),
      one('a destructured object', `const { all } = { all: 'SELECT id FROM t' }; env.DB.prepare(all)`),
      one('a destructured list', `const [first] = ['SELECT id FROM t']; env.DB.prepare(first)`),
      one('an enum', `enum Q { All = 'SELECT id FROM t' } env.DB.prepare(Q.All)`),
      one('a static field', `class Q { static readonly all = 'SELECT id FROM t' } env.DB.prepare(Q.all)`),
      one(
        'a private field',
        `class Q { #all = 'SELECT id FROM t'; run(db: D1Database) { return db.prepare(this.#all) } }`,
      ),
      one(
        'a field',
        `class Q { all = 'SELECT id FROM t'; run(db: D1Database) { return db.prepare(this.all) } }`,
      ),
      one('a getter', `const Q = { get all() { return 'SELECT id FROM t' } }; env.DB.prepare(Q.all)`),
      some(
        'all values of an object, for a key that is not known',
        `const Q = { a: 'SELECT a FROM t', b: 'SELECT b FROM t' }; export const f = (k: 'a' | 'b') => env.DB.prepare(Q[k])`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
    ],
  },
  {
    title: 'Parts that depend',
    forms: [
      some(
        'a condition',
        `export const f = (x: boolean) => env.DB.prepare(x ? 'SELECT a FROM t' : 'SELECT b FROM t')`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
      some(
        'a condition in a template',
        'export const f = (x: boolean) => env.DB.prepare(`SELECT id FROM t ${x ? "WHERE a = 1" : ""}`)',
        ['SELECT id FROM t', 'SELECT id FROM t WHERE a = 1'],
      ),
      some(
        '"??" and a table of what is allowed',
        'const BY = { a: "a", b: "b" }; export const f = (x: string) => env.DB.prepare(`SELECT id FROM t ORDER BY ${BY[x] ?? "id"}`)',
        ['SELECT id FROM t ORDER BY a', 'SELECT id FROM t ORDER BY b', 'SELECT id FROM t ORDER BY id'],
      ),
      some(
        '"+=" in an if',
        `export function f(x: boolean) { let q = 'SELECT id FROM t'; if (x) q += ' WHERE a = 1'; return env.DB.prepare(q) }`,
        [ID, 'SELECT id FROM t WHERE a = 1'],
      ),
      some(
        'if and else',
        `export function f(x: boolean) { let q = 'SELECT id FROM t'; if (x) { q += ' ORDER BY a' } else { q += ' ORDER BY b' } return env.DB.prepare(q) }`,
        ['SELECT id FROM t ORDER BY a', 'SELECT id FROM t ORDER BY b'],
      ),
      some(
        'switch',
        `export function f(x: string) { let q; switch (x) { case 'a': q = 'SELECT a FROM t'; break; default: q = 'SELECT b FROM t' } return env.DB.prepare(q) }`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
      some(
        'an early return',
        `export function f(x: boolean) { let q = 'SELECT id FROM t'; if (x) { q += ' WHERE'; return null } return env.DB.prepare(q) }`,
        [ID],
      ),
      some(
        'the use inside the if',
        `export function f(x: boolean) { let q = 'SELECT id FROM t'; if (x) { q += ' LIMIT 1'; return env.DB.prepare(q) } }`,
        ['SELECT id FROM t LIMIT 1'],
      ),
      some(
        'a sum with itself',
        `export function f(x: boolean) { let q = 'SELECT id FROM t'; if (x) q = q + ' LIMIT 1'; return env.DB.prepare(q) }`,
        [ID, 'SELECT id FROM t LIMIT 1'],
      ),
      some(
        'conditions in a list',
        'export function f(x: boolean) { const w = ["a = 1"]; if (x) w.push("b = ?"); return env.DB.prepare(`SELECT id FROM t WHERE ${w.join(" AND ")}`) }',
        ['SELECT id FROM t WHERE a = 1', 'SELECT id FROM t WHERE a = 1 AND b = ?'],
      ),
      some(
        'an empty list of conditions',
        'export function f(x: boolean) { const w: string[] = []; if (x) w.push("b = ?"); const where = w.length ? `WHERE ${w.join(" AND ")}` : ""; return env.DB.prepare(`SELECT id FROM t ${where}`) }',
        ['SELECT id FROM t', 'SELECT id FROM t WHERE b = ?', 'SELECT id FROM t WHERE'],
      ),
      some(
        'a list built by a helper inside',
        'export function f(x: boolean) { const w = ["a = 1"]; const and = (c: string) => { w.push(c) }; if (x) and("b = ?"); return env.DB.prepare(`SELECT id FROM t WHERE ${w.join(" AND ")}`) }',
        ['SELECT id FROM t WHERE a = 1', 'SELECT id FROM t WHERE a = 1 AND b = ?'],
      ),
      some(
        'filter(Boolean)',
        'export const f = (x: boolean) => env.DB.prepare(`SELECT id FROM t WHERE ${["a = 1", x && "b = 2"].filter(Boolean).join(" AND ")}`)',
        ['SELECT id FROM t WHERE a = 1', 'SELECT id FROM t WHERE a = 1 AND b = 2'],
      ),
      some(
        'a spread that depends',
        'export const f = (x: boolean) => env.DB.prepare(`SELECT id FROM t WHERE ${["a = 1", ...(x ? ["b = 2"] : [])].join(" AND ")}`)',
        ['SELECT id FROM t WHERE a = 1', 'SELECT id FROM t WHERE a = 1 AND b = 2'],
      ),
      some(
        'a literal type',
        'export const f = (by: "a" | "b") => env.DB.prepare(`SELECT id FROM t ORDER BY ${by}`)',
        ['SELECT id FROM t ORDER BY a', 'SELECT id FROM t ORDER BY b'],
      ),
      some(
        'the keys of a constant as a type',
        'const BY = { a: 1, b: 2 }; export const f = (by: keyof typeof BY) => env.DB.prepare(`SELECT id FROM t ORDER BY ${by}`)',
        ['SELECT id FROM t ORDER BY a', 'SELECT id FROM t ORDER BY b'],
      ),
      some(
        'the items of a constant as a type',
        'const BY = ["a", "b"] as const; type By = (typeof BY)[number]; export const f = (by: By) => env.DB.prepare(`SELECT id FROM t ORDER BY ${by}`)',
        ['SELECT id FROM t ORDER BY a', 'SELECT id FROM t ORDER BY b'],
      ),
      some('a loop over constants', 'for (const t of ["a", "b"]) env.DB.prepare(`DELETE FROM ${t}`)', [
        'DELETE FROM a',
        'DELETE FROM b',
      ]),
      some('map() over constants', 'const all = ["a", "b"].map((t) => env.DB.prepare(`DELETE FROM ${t}`))', [
        'DELETE FROM a',
        'DELETE FROM b',
      ]),
      some('a variable that is set later', `let q: string; q = 'SELECT id FROM t'; env.DB.prepare(q)`, [ID]),
      some(
        'columns of a constant list',
        'const C = ["a", "b"]; env.DB.prepare(`SELECT ${C.join(", ")} FROM t`)',
        ['SELECT a, b FROM t'],
      ),
      some(
        'columns of a list that is mapped',
        'const C = ["a", "b"]; env.DB.prepare(`UPDATE t SET ${C.map((c) => `${c} = ?`).join(", ")}`)',
        ['UPDATE t SET a = ?, b = ?'],
      ),
      some(
        'keys of a constant object',
        'const C = { a: 1, b: 2 }; env.DB.prepare(`SELECT ${Object.keys(C).join(", ")} FROM t`)',
        ['SELECT a, b FROM t'],
      ),
      some(
        'values of a constant object',
        'const C = { a: "a", b: "b" }; env.DB.prepare(`SELECT ${Object.values(C).join(", ")} FROM t`)',
        ['SELECT a, b FROM t'],
      ),
    ],
  },
  {
    title: 'Lists of placeholders',
    forms: [
      some(
        "map(() => '?')",
        'export const f = (ids: string[]) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${ids.map(() => "?").join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'numbered ones',
        'export const f = (ids: string[]) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${ids.map((_, i) => `?${i + 1}`).join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?1)'],
      ),
      some(
        'Array(n).fill()',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${Array(n).fill("?").join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'new Array(n).fill()',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${new Array(n).fill("?").join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'Array.from({ length })',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${Array.from({ length: n }, () => "?").join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'a spread of Array(n)',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${[...Array(n)].map(() => "?").join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'repeat() and the last one',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${"?,".repeat(n - 1)}?)`)',
        ['SELECT a FROM t WHERE id IN (?,?)'],
      ),
      some(
        'repeat() and slice()',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${"?,".repeat(n).slice(0, -1)})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'repeat() and split()',
        'export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${"?".repeat(n).split("").join(",")})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'in a constant before',
        'export function f(ids: string[]) { const marks = ids.map(() => "?").join(","); return env.DB.prepare(`SELECT a FROM t WHERE id IN (${marks})`) }',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
      some(
        'rows of values',
        'export const f = (rows: unknown[]) => env.DB.prepare(`INSERT INTO t (a, b) VALUES ${rows.map(() => "(?, ?)").join(", ")}`)',
        ['INSERT INTO t (a, b) VALUES (?, ?)'],
      ),
      some(
        'of a helper',
        'const marks = (n: number) => Array(n).fill("?").join(","); export const f = (n: number) => env.DB.prepare(`SELECT a FROM t WHERE id IN (${marks(n)})`)',
        ['SELECT a FROM t WHERE id IN (?)'],
      ),
    ],
  },
  {
    title: 'Databases',
    forms: [
      one('c.env.DB', `export const f = (c: any) => c.env.DB.prepare('SELECT id FROM t')`),
      one('a parameter', `export const f = (db: D1Database) => db.prepare('SELECT id FROM t')`),
      one('a destructured binding', `export const f = ({ DB }: any) => DB.prepare('SELECT id FROM t')`),
      one(
        'a renamed binding',
        `export function f(env: any) { const { DB: db } = env; return db.prepare('SELECT id FROM t') }`,
      ),
      one(
        'a variable',
        `export function f(env: any) { const db = env.DB; return db.prepare('SELECT id FROM t') }`,
      ),
      one('withSession()', `env.DB.withSession('first-primary').prepare('SELECT id FROM t')`),
      one('"?."', `env.DB?.prepare('SELECT id FROM t')`),
      one('a method in brackets', `env.DB['prepare']('SELECT id FROM t')`),
      one(
        'a field of a class',
        `class R { constructor(private readonly db: D1Database) {} all() { return this.db.prepare('SELECT id FROM t') } }`,
      ),
      one(
        'a field that the constructor sets',
        `class R { db; constructor(db) { this.db = db } all() { return this.db.prepare('SELECT id FROM t') } }`,
      ),
      one(
        'a function that gives the database',
        `const get = (c: any) => c.env.DB; export const f = (c: any) => get(c).prepare('SELECT id FROM t')`,
      ),
      one(
        'env of cloudflare:workers',
        `import { env } from 'cloudflare:workers'; env.DB.prepare('SELECT id FROM t')`,
      ),
      one('exec()', `env.DB.exec('SELECT id FROM t')`),
      some(
        'batch()',
        `env.DB.batch([env.DB.prepare('SELECT a FROM t'), env.DB.prepare('SELECT b FROM t')])`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
      some(
        'batch() of what map() makes',
        `export const f = (rows: number[]) => env.DB.batch(rows.map((r) => env.DB.prepare('DELETE FROM t WHERE id = ?').bind(r)))`,
        ['DELETE FROM t WHERE id = ?'],
      ),
      some(
        'exec() of a regular expression is none',
        `const m = /a(b)/.exec('SELECT no FROM t'); env.DB.prepare('SELECT id FROM t')`,
        [ID],
      ),
      some(
        'a database of another package is none',
        `import Other from 'better-sqlite3'; const o = new Other('x'); o.prepare('SELECT no FROM t'); env.DB.prepare('SELECT id FROM t')`,
        [ID],
      ),
    ],
  },
  {
    title: 'Functions that pass SQL on',
    forms: [
      one(
        'a function',
        `const all = (db: D1Database, q: string) => db.prepare(q).all(); export const f = () => all(env.DB, 'SELECT id FROM t')`,
      ),
      one('a function of another file', `import { all } from './db'; all(env.DB, 'SELECT id FROM t')`, {
        'db.ts': `export function all(db: D1Database, q: string) { return db.prepare(q).all() }`,
      }),
      one('a renamed function', `import { all as run } from './db'; run(env.DB, 'SELECT id FROM t')`, {
        'db.ts': `export function all(db: D1Database, q: string) { return db.prepare(q).all() }`,
      }),
      one(
        'two functions in a row',
        `const a = (q: string) => env.DB.prepare(q); const b = (q: string) => a(q); b('SELECT id FROM t')`,
      ),
      one(
        'a part that the caller gives',
        'const list = (t: string) => env.DB.prepare(`SELECT id FROM ${t}`); list("t")',
      ),
      some(
        'several callers',
        'const list = (t: string) => env.DB.prepare(`SELECT id FROM ${t}`); list("a"); list("b")',
        ['SELECT id FROM a', 'SELECT id FROM b'],
      ),
      some(
        'a default of a parameter',
        'const list = (t = "t") => env.DB.prepare(`SELECT id FROM ${t}`); list()',
        [ID],
      ),
      one(
        'an option',
        `const run = ({ sql }: { sql: string }) => env.DB.prepare(sql); run({ sql: 'SELECT id FROM t' })`,
      ),
      one(
        'a member of an option',
        `const run = (o: { sql: string }) => env.DB.prepare(o.sql); run({ sql: 'SELECT id FROM t' })`,
      ),
      one(
        'a method',
        `class R { run(q: string) { return env.DB.prepare(q) } all() { return this.run('SELECT id FROM t') } }`,
      ),
      one(
        'a private method',
        `class R { #run(q: string) { return env.DB.prepare(q) } all() { return this.#run('SELECT id FROM t') } }`,
      ),
      one(
        'a method of an instance',
        `class R { run(q: string) { return env.DB.prepare(q) } } const r = new R(); r.run('SELECT id FROM t')`,
      ),
      one(
        'a method of a parameter with a type',
        `class R { run(q: string) { return env.DB.prepare(q) } } export const f = (r: R) => r.run('SELECT id FROM t')`,
      ),
      one(
        'a method of something unknown',
        `class R { run(q: string) { return env.DB.prepare(q) } } export const f = (c: any) => c.get('r').run('SELECT id FROM t')`,
      ),
      one(
        'a static method',
        `class R { static run(q: string) { return env.DB.prepare(q) } } R.run('SELECT id FROM t')`,
      ),
      one(
        'a method that is inherited',
        `class A { run(q: string) { return env.DB.prepare(q) } } class B extends A { all() { return this.run('SELECT id FROM t') } }`,
      ),
      some(
        'a table that a subclass names',
        'abstract class A { abstract table: string; all() { return env.DB.prepare(`SELECT id FROM ${this.table}`) } } class B extends A { table = "b" } class C extends A { table = "c" }',
        ['SELECT id FROM b', 'SELECT id FROM c'],
      ),
      some(
        'a table that the constructor gets',
        'class R { constructor(private table: string) {} all() { return env.DB.prepare(`SELECT id FROM ${this.table}`) } } new R("a"); new R("b")',
        ['SELECT id FROM a', 'SELECT id FROM b'],
      ),
      some(
        'a table that super() gets',
        'class A { constructor(private table: string) {} all() { return env.DB.prepare(`SELECT id FROM ${this.table}`) } } class B extends A { constructor() { super("b") } }',
        ['SELECT id FROM b'],
      ),
      one(
        'a method of an object',
        `const db = { run: (q: string) => env.DB.prepare(q) }; db.run('SELECT id FROM t')`,
      ),
      one(
        'a function that another one returns',
        `const make = (db: D1Database) => (q: string) => db.prepare(q); const run = make(env.DB); run('SELECT id FROM t')`,
      ),
      one(
        'an object that a function returns',
        `const make = (db: D1Database) => ({ run(q: string) { return db.prepare(q) } }); const r = make(env.DB); r.run('SELECT id FROM t')`,
      ),
      one(
        'a function in a wrapper of a package',
        `import { cache } from 'react'; const run = cache(async (q: string) => env.DB.prepare(q)); run('SELECT id FROM t')`,
      ),
      one(
        'an async function',
        `const run = async (q: string) => env.DB.prepare(q); await run('SELECT id FROM t')`,
      ),
      one(
        'a function that makes the text',
        'const all = (t: string) => `SELECT id FROM ${t}`; env.DB.prepare(all("t"))',
      ),
      some(
        'a function with several texts',
        `const q = (x: boolean) => { if (x) return 'SELECT a FROM t'; return 'SELECT b FROM t' }; export const f = (x: boolean) => env.DB.prepare(q(x))`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
      some(
        'a list of statements',
        `const Q = ['SELECT a FROM t', 'SELECT b FROM t']; env.DB.batch(Q.map((q) => env.DB.prepare(q)))`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
      some(
        'a list of objects with statements',
        `const Q = [{ sql: 'SELECT a FROM t' }, { sql: 'SELECT b FROM t' }]; for (const { sql } of Q) env.DB.prepare(sql)`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
      some(
        'a list that the caller gives',
        `const run = (all: string[]) => env.DB.batch(all.map((q) => env.DB.prepare(q))); run(['SELECT a FROM t', 'SELECT b FROM t'])`,
        ['SELECT a FROM t', 'SELECT b FROM t'],
      ),
    ],
  },
  {
    title: 'Tagged templates',
    forms: [
      some(
        'sql of a package',
        "import { sql } from 'sql-template-tag'; export const f = (id: string) => sql`SELECT a FROM t WHERE id = ${id}`",
        [T1],
      ),
      some(
        'a tag of the Worker that joins with "?"',
        'const q = (s: TemplateStringsArray, ...v: unknown[]) => env.DB.prepare(s.join("?")).bind(...v); export const f = (id: string) => q`SELECT a FROM t WHERE id = ${id}`',
        [T1],
      ),
      some(
        'a fragment in a template',
        "import { sql } from 'kysely'; const w = sql`a = 1`; const q = sql`SELECT id FROM t WHERE ${w}`",
        ['SELECT id FROM t WHERE a = 1'],
      ),
      some(
        'a fragment that is a query of its own',
        "import { sql } from 'kysely'; const w = sql`SELECT id FROM u`; const q = sql`SELECT id FROM t WHERE id IN (${w})`",
        ['SELECT id FROM t WHERE id IN (SELECT id FROM u)'],
      ),
      some(
        'sql.raw()',
        "import { sql } from 'kysely'; const q = sql`SELECT id FROM t ORDER BY ${sql.raw('id')}`",
        ['SELECT id FROM t ORDER BY id'],
      ),
      some(
        'sql.table() and sql.ref()',
        "import { sql } from 'kysely'; const q = sql`SELECT ${sql.ref('id')} FROM ${sql.table('t')}`",
        [ID],
      ),
      some(
        '$queryRaw of Prisma',
        'export const f = (p: any, id: string) => p.$queryRaw`SELECT a FROM t WHERE id = ${id}`',
        [T1],
      ),
      one('$queryRawUnsafe of Prisma', `export const f = (p: any) => p.$queryRawUnsafe('SELECT id FROM t')`),
      some(
        'a fragment alone is no query',
        "import { sql } from 'drizzle-orm'; export const n = sql`count(*)`; env.DB.prepare('SELECT id FROM t')",
        [ID],
      ),
      one(
        'sql of drizzle-orm, without tables',
        "import { sql } from 'drizzle-orm'; export const q = sql`SELECT id FROM t`",
      ),
    ],
  },
  {
    title: 'Files',
    forms: [
      one('JSX', `const view = <p>{'SELECT no'}</p>; env.DB.prepare('SELECT id FROM t')`, {
        'tsconfig.json': '{}',
      }),
      one('decorators', `class R { @logged() all() { return env.DB.prepare('SELECT id FROM t') } }`),
      one(
        'templates in templates',
        'const all = (x: boolean) => `SELECT ${x ? `id` : `id`} FROM t`; env.DB.prepare(all(true))',
      ),
      one('CRLF', 'env.DB.prepare(`SELECT id\r\nFROM t`)\r\n'),
      one('a minified file', `let a=e=>e.DB.prepare("SELECT id FROM t");export{a as b}`),
      one('top-level await', `const r = await env.DB.prepare('SELECT id FROM t').all()`),
      one('a file that is imported for its effect', `import './a'`, {
        'a.ts': `env.DB.prepare('SELECT id FROM t')`,
      }),
    ],
  },
  {
    title: 'Found by recording',
    forms: [
      recording(
        'Drizzle',
        `import { drizzle } from 'drizzle-orm/d1'; export const f = (env: any) => drizzle(env.DB).select()`,
        'drizzle-orm/d1',
      ),
      recording(
        'Kysely',
        `import { Kysely } from 'kysely'; import { D1Dialect } from 'kysely-d1'; export const f = (env: any) => new Kysely({ dialect: new D1Dialect({ database: env.DB }) })`,
        'kysely-d1',
      ),
      recording(
        "Prisma's adapter",
        `import { PrismaD1 } from '@prisma/adapter-d1'; export const f = (env: any) => new PrismaD1(env.DB)`,
        '@prisma/adapter-d1',
      ),
      recording(
        'workers-qb',
        `import { D1QB } from 'workers-qb'; export const f = (env: any) => new D1QB(env.DB)`,
        'workers-qb',
      ),
      {
        title: 'tables of Drizzle in a template',
        source:
          "import { sql } from 'drizzle-orm'; import { users } from './schema'; export const q = sql`SELECT * FROM ${users}`",
        files: { 'schema.ts': 'export const users = {}' },
        found: [],
        dynamic: 1,
      },
    ],
  },
  {
    title: 'Not found, and said',
    forms: [
      dynamic(
        'a part of the request',
        'export const f = (r: any) => env.DB.prepare(`SELECT id FROM t ORDER BY ${r.query.by}`)',
      ),
      dynamic(
        'keys of the request',
        'export const f = (body: object) => env.DB.prepare(`UPDATE t SET ${Object.keys(body).map((k) => `${k} = ?`).join(", ")}`)',
      ),
      dynamic('a text of the environment', 'export const f = (env: any) => env.DB.prepare(env.QUERY)'),
      {
        ...dynamic('a text of JSON', `import q from './q.json'; env.DB.prepare(q.all)`),
        files: { 'q.json': '{ "all": "SELECT id FROM t" }' },
      },
      dynamic('a text of a package', `import { all } from 'queries'; env.DB.prepare(all)`),
      dynamic('a function that nothing calls', 'export const run = (q: string) => env.DB.prepare(q)'),
      dynamic(
        'a builder class of the Worker',
        `class B { parts = []; add(p: string) { this.parts.push(p); return this } text() { return this.parts.join(' ') } } env.DB.prepare(new B().add('SELECT').text())`,
      ),
      dynamic(
        'a method that is passed on',
        `const prepare = env.DB.prepare.bind(env.DB); prepare('SELECT id FROM t')`,
      ),
      dynamic(
        'a text that a loop grows',
        'export function f(n: number) { let q = "SELECT id FROM t"; q = q.padEnd(n); return env.DB.prepare(q) }',
      ),
      dynamic('reduce()', 'export const f = (a: string[]) => env.DB.prepare(a.reduce((x, y) => x + y, ""))'),
      dynamic(
        'a generator',
        'function* q() { yield "SELECT id FROM t" } for (const x of q()) env.DB.prepare(x)',
      ),
      dynamic(
        'one of several callers',
        'const run = (q: string) => env.DB.prepare(q); run("SELECT id FROM t"); export const f = (r: any) => run(r.sql)',
        [ID],
      ),
    ],
  },
];
