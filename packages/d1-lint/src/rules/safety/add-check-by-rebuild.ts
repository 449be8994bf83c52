import { type Affinity, affinityOf, columnOf, type Table } from 'd1-core/schema';
import { foldName, identifier, significantTokens, sameName, unquote, type Token } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { copiedColumns, copySelect, onlySource } from '../../recipes/copied-columns.ts';
import { generatedBy } from '../../recipes/generator.ts';
import { isPrepared } from '../../recipes/prepared-rows.ts';
import { rebuildsOf, type Rebuild } from '../../recipes/rebuilds.ts';
import { wordAfter } from '../../recipes/statement-parts.ts';
import type { Range } from '../../engine/finding.ts';

const setUp = {
  '0001_users.sql': 'CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT, age INTEGER);',
  '0002_seed.sql': "INSERT INTO users (id, role, age) VALUES (1, 'owner', 'old');",
};

const rebuild = ({
  check = '',
  options = '',
  role = 'role',
}): string => `CREATE TABLE new_users (id INTEGER PRIMARY KEY, role TEXT${check}, age INTEGER)${options};
INSERT INTO new_users (id, role, age) SELECT id, ${role}, age FROM users;
DROP TABLE users;
ALTER TABLE new_users RENAME TO users;`;

const check = " CHECK (role IN ('reader', 'editor'))";

export default defineRule({
  id: 'safety/add-check-by-rebuild',
  severity: 'warning',
  kind: 'engine',
  summary: 'A rebuild adds a CHECK or STRICT, and fails when a row does not pass.',
  why: `The copy of the rebuild stops at the first row that does not pass: "CHECK constraint failed", or "cannot store TEXT value
in INTEGER column". A fresh database has no such row, the one in production may. Whether it has cannot be seen in the files.`,
  bad: [
    { ...setUp, '0003_role.sql': rebuild({ check }) },
    { ...setUp, '0003_strict.sql': rebuild({ options: ' STRICT' }) },
  ],
  good: [
    {
      ...setUp,
      '0003_role.sql': rebuild({ check, role: "CASE role WHEN 'owner' THEN 'editor' ELSE role END" }),
    },
    {
      ...setUp,
      '0003_role.sql': `UPDATE users SET role = 'editor' WHERE role = 'owner';\n${rebuild({ check })}`,
    },
    {
      '0001_users.sql': `CREATE TABLE users (id INTEGER PRIMARY KEY, role TEXT${check}, age INTEGER);`,
      '0002_rebuild.sql': rebuild({ check }),
    },
  ],
  check(context) {
    for (const rebuild of rebuildsOf(context)) {
      for (const copy of rebuild.copies) {
        const select = copySelect(copy);
        if (select === undefined || onlySource(select, copy, copy.before) === undefined) continue;
        const copied = copiedAsTheyAre(copy, context);
        const failing = newChecks(rebuild, context).find(({ names }) =>
          names.some((name) => copied.has(foldName(name))),
        );
        if (failing !== undefined) reportCheck(failing, rebuild, context);
        else if (becomesStrict(rebuild)) reportStrict(copied, rebuild, context);
      }
    }
  },
});

const copiedAsTheyAre = (copy: LintStatement, context: RuleContext): ReadonlySet<string> =>
  new Set(
    copiedColumns(copy)
      .filter(({ source }) => source !== undefined && !isPrepared(source.text, copy, context))
      .map(({ target }) => foldName(target)),
  );

function newChecks({ table, create, createdAs }: Rebuild, { tokenize }: RuleContext): readonly Check[] {
  const old = checksIn(significantTokens(tokenize(table.sql)), table.name);
  return checksIn(create.tokens, createdAs.text).filter(
    (check) => !old.some((one) => one.key === check.key || isWidened(check, one)),
  );
}

function reportCheck({ text, start, end }: Check, rebuild: Rebuild, context: RuleContext): void {
  const { name } = rebuild.table;
  context.report({
    at: { start, end },
    message: `${name} gets a CHECK, and the copy fails as soon as one row does not pass it.${generatedBy(rebuild, context)}`,
    help: `Correct those rows before the copy, or in it. Whether there are any, this shows:\nSELECT count(*) FROM ${identifier(name)} WHERE NOT (${text});`,
  });
}

const becomesStrict = ({ table, result }: Rebuild): boolean => !table.strict && result?.strict === true;

const TYPES: Readonly<Record<Affinity, string | undefined>> = {
  INTEGER: "'integer'",
  REAL: "'real', 'integer'",
  TEXT: "'text'",
  BLOB: "'blob'",
  NUMERIC: undefined,
};

function reportStrict(copied: ReadonlySet<string>, rebuild: Rebuild, context: RuleContext): void {
  const { result, create, createdAs, table } = rebuild;
  const conditions = (result?.columns ?? []).flatMap(({ name, type, primaryKey }) => {
    const isAny = type.toUpperCase() === 'ANY';
    const types = isAny || primaryKey > 0 || wasText(name, table) ? undefined : TYPES[affinityOf(type)];
    if (types === undefined || !copied.has(foldName(name))) return [];
    return `typeof(${identifier(name)}) NOT IN (${types}, 'null')`;
  });
  if (conditions.length === 0) return;
  context.report({
    at: wordAfter(create, 'STRICT', createdAs.end) ?? createdAs,
    message: `${table.name} becomes STRICT, and the copy fails as soon as one row has a value of another type than its column.${generatedBy(rebuild, context)}`,
    help: `Correct those rows before the copy, or in it. Whether there are any, this shows:\nSELECT count(*) FROM ${identifier(table.name)} WHERE ${conditions.join(' OR ')};`,
  });
}

/** Such a column has made a text of all that it was given, but for blobs. */
const wasText = (name: string, table: Table): boolean =>
  affinityOf(columnOf(table, name)?.type ?? '') === 'TEXT';

/** One CHECK of a CREATE TABLE. */
interface Check extends Range {
  /** What stands in the parentheses, without the name of the table before columns. */
  readonly text: string;
  /** The same for every writing that differs only in case, quotes and white space. */
  readonly key: string;
  /** All names in it. */
  readonly names: readonly string[];
}

/** In the order of the text. Takes tokens without comments and white space. */
function checksIn(tokens: readonly Token[], table: string): readonly Check[] {
  return tokens.flatMap((token, index) => {
    if (token.kind !== 'keyword' || token.text.toUpperCase() !== 'CHECK' || tokens[index + 1]?.text !== '(') {
      return [];
    }
    const inner = withoutTable(insideOf(tokens.slice(index + 1)), table);
    return {
      start: token.start,
      end: token.end,
      text: inner.map(spaced).join('').trim(),
      key: inner.map((one) => (isText(one) ? one.text : foldName(unquote(one.text)))).join(' '),
      names: inner.filter(({ kind }) => kind === 'identifier').map(({ text }) => unquote(text)),
    };
  });
}

const isText = ({ kind }: Token): boolean => kind === 'string' || kind === 'blob';

/** With the space that stood before it. */
const spaced = ({ text, start }: Token, index: number, all: readonly Token[]): string =>
  (all[index - 1]?.end ?? start) < start ? ` ${text}` : text;

/** From the first parenthesis to the one that closes it, without both. */
function insideOf(tokens: readonly Token[]): readonly Token[] {
  let depth = 0;
  const end = tokens.findIndex(({ text }) => {
    if (text === '(') depth += 1;
    if (text === ')') depth -= 1;
    return depth === 0;
  });
  return tokens.slice(1, end);
}

/** `"__new_users"."age"` becomes `"age"`. */
const withoutTable = (tokens: readonly Token[], table: string): readonly Token[] =>
  tokens.filter((token, index) => {
    const isDot = (at: number) => tokens[at]?.text === '.';
    const isTable = (at: number) => sameName(unquote(tokens[at]?.text ?? ''), table);
    return !(isTable(index) && isDot(index + 1)) && !(token.text === '.' && isTable(index - 1));
  });

/**
 * Whether a CHECK lets pass all that another one lets pass: both are the same, but for lists after IN that have more
 * items, and for limits that are wider. It says no to what it does not know.
 */
function isWidened(check: Check, old: Check): boolean {
  const [now, before] = [check, old].map(({ key }) => shapeOf(key));
  if (now === undefined || before === undefined || now.shape !== before.shape) return false;
  return (
    now.lists.every((list, index) => before.lists[index]?.every((item) => list.includes(item)) === true) &&
    now.limits.every(({ op, value }, index) => {
      const was = before.limits[index]?.value ?? NaN;
      return op.startsWith('<') ? value >= was : value <= was;
    })
  );
}

interface Shape {
  /** The text with marks in place of lists and limits. */
  readonly shape: string;
  readonly lists: readonly (readonly string[])[];
  readonly limits: readonly { readonly op: string; readonly value: number }[];
}

const LITERAL = String.raw`(?:'(?:[^']|'')*'|(?:- )?[\d.]+)`;
const LIST = new RegExp(String.raw`\bin \( (${LITERAL}(?: , ${LITERAL})*) \)`, 'g');
const LIMIT = /([<>]=?) ((?:- )?[\d.]+)(?= and | or | \)|$)/g;

/** A list or a limit, of a column or of a function of one. */
const PLAIN = /^(?:\( )*\w+(?: \( \w+ \))? (?:in|[<>]=?) #(?: \))*$/;
/** What turns a condition round. */
const TURNS = /\b(?:not|case)\b|\) (?:==?|<>|!=|is\b)/;

/** Undefined where it is not known what a list or limit means for the whole. */
function shapeOf(key: string): Shape | undefined {
  const lists: string[][] = [];
  const limits: { op: string; value: number }[] = [];
  const shape = key
    .replace(LIST, (_, items: string) => {
      lists.push(items.match(new RegExp(LITERAL, 'g')) ?? []);
      return 'in #';
    })
    .replace(LIMIT, (_, op: string, value: string) => {
      limits.push({ op, value: Number(value.replace(' ', '')) });
      return `${op} #`;
    });
  const parts = shape.split(/ and | or /).filter((part) => part.includes('#'));
  const isKnown = parts.every((part) => PLAIN.test(part)) && !TURNS.test(shape.replaceAll('is not null', ''));
  return isKnown ? { shape, lists, limits } : undefined;
}
