import { isAllowedFunction } from '../../d1/engine.ts';
import type { Range } from '../../engine/finding.ts';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { hasEngineError } from '../../recipes/engine-error.ts';
import { functionInstead } from '../../recipes/function-advice.ts';

export default defineRule({
  id: 'meta/syntax-error',
  severity: 'error',
  kind: 'engine',
  stage: 'syntax',
  summary: 'A statement is not SQL that SQLite understands.',
  why: `D1 refuses the statement, and with it the whole file. The other statements of the file are linted all the same.`,
  bad: [
    'CREATE TABL posts (id INTEGER PRIMARY KEY);',
    'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL,);',
    'CREATE TABLE posts (id INTEGER PRIMARY KEY);\nINSERT INTO posts (id) SELECT id FROM posts ON CONFLICT (id) DO NOTHING;',
    "CREATE TABLE posts (id INTEGER PRIMARY KEY, made_at TEXT NOT NULL DEFAULT datetime('now'));",
  ],
  good: ['CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);'],
  check({ statements, file, lines, findings, report }) {
    for (const statement of statements) {
      const { parsed, replay } = statement;
      // A newer SQLite than the parser's may know it.
      if (parsed.outcome !== 'syntax-error' || replay.outcome === 'done') continue;
      if (isExplained(statement, findings)) continue;
      const bare = bareDefault(statement, parsed.at, file.text);
      if (bare !== undefined) {
        report({
          at: bare,
          message: `A computed default needs parentheses; ${bare.call} does not.`,
          help: bare.instead === undefined ? 'Write a constant.' : `Write DEFAULT (${bare.instead}).`,
        });
        continue;
      }
      const upsert = upsertOfSelect(statement, parsed.at);
      if (upsert !== undefined) {
        report({
          at: upsert,
          message:
            'Without a WHERE before it, SQLite takes this ON for the condition of a join, and does not understand what follows.',
          help: 'Write WHERE true before ON CONFLICT.',
          fix: {
            title: 'Write WHERE true',
            edits: [{ start: upsert.start, end: upsert.start, text: 'WHERE true ' }],
            safe: true,
          },
        });
        continue;
      }
      const { column } = lines.positionAt(parsed.at);
      report({
        at: { start: parsed.at, end: endOfWord(file.text, parsed.at) },
        message: `SQLite does not understand this: ${parsed.message}.`,
        help: `Correct it at column ${column}, or in the word before; a comma or a semicolon too many or too few is the usual cause.`,
      });
    }
  },
});

/** Another rule has said what is wrong: in the statement, or with the file that holds NULs. */
const isExplained = (statement: LintStatement, findings: RuleContext['findings']): boolean =>
  hasEngineError(statement, findings) ||
  (statement.text.includes('\0') && findings.some(({ rule }) => rule === 'compat/encoding'));

interface BareDefault extends Range {
  readonly call: string;
  /** What D1 takes between parentheses. */
  readonly instead: string | undefined;
}

/** The call of a function as a default, as other databases write it. It is at its parenthesis that SQLite stops. */
function bareDefault({ tokens }: LintStatement, at: number, file: string): BareDefault | undefined {
  const open = tokens.findIndex(({ start }) => start === at);
  const [word, name] = [tokens[open - 2], tokens[open - 1]];
  if (tokens[open]?.text !== '(' || name === undefined || word?.text.toLowerCase() !== 'default')
    return undefined;
  let depth = 0;
  const close = tokens.slice(open).find(({ text }) => {
    depth += text === '(' ? 1 : text === ')' ? -1 : 0;
    return depth === 0;
  });
  if (close === undefined) return undefined;
  const call = file.slice(name.start, close.end);
  const instead = isAllowedFunction(name.text) ? call : functionInstead(name.text);
  return { start: name.start, end: close.end, call, instead };
}

/**
 * The ON of `INSERT … SELECT … FROM … ON CONFLICT … DO`, at whose DO the parser stops:
 * https://sqlite.org/lang_upsert.html#parsing_ambiguity
 */
function upsertOfSelect({ tokens }: LintStatement, at: number): Range | undefined {
  const word = (index: number) => tokens[index]?.text.toUpperCase();
  const stop = tokens.findIndex(({ start }) => start === at);
  const on = tokens.findLastIndex(
    (_, index) => index < stop && word(index) === 'ON' && word(index + 1) === 'CONFLICT',
  );
  const isFromSelect = tokens.slice(0, Math.max(on, 0)).some((_, index) => word(index) === 'FROM');
  return word(stop) === 'DO' && isFromSelect ? tokens[on] : undefined;
}

const endOfWord = (text: string, start: number): number =>
  start + (/^\w+|^./.exec(text.slice(start, start + 100))?.[0].length ?? 0);
