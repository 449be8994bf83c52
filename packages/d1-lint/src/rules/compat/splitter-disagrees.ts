import { significantTokens } from 'd1-core/sql';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { maySplitDifferently } from '../../engine/split-differently.ts';

const notes = 'CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT NOT NULL);';

export default defineRule({
  id: 'compat/splitter-disagrees',
  severity: 'error',
  kind: 'engine',
  workerd: 'accepts',
  needs: 'wrangler-split',
  summary: 'A statement that the installed wrangler cuts in another way than SQLite.',
  why: `For a local database wrangler cuts a file into statements itself, by rules that are not SQLite's. Up to 4.123 it glues what
follows a CASE … END to the next statement, gets lost in names in brackets and after a $, and joins the words on both sides of a
comment. Every version removes "BEGIN TRANSACTION;" and "COMMIT;" from the text, also inside of a value. The rule asks the wrangler
that is installed; without one it says nothing.`,
  bad: [
    {
      '0001_notes.sql': notes,
      '0002_seed.sql': "INSERT INTO notes (id, body) VALUES (1, 'BEGIN TRANSACTION; comes first');",
    },
  ],
  good: [
    {
      '0001_notes.sql': notes,
      '0002_seed.sql': "INSERT INTO notes (id, body) VALUES (1, 'BEGIN comes first');",
    },
  ],
  check(context) {
    for (const statement of context.statements) {
      const difference = differenceIn(statement, context);
      if (difference === undefined) continue;
      context.report({
        at: { start: statement.start, end: statement.start },
        message: `The installed wrangler does not run this statement as it is written: ${difference}.`,
        help: 'Write it without CASE (iif() does the same), brackets, $ and comments between words; keep "BEGIN TRANSACTION" out of texts. Or install a newer wrangler.',
      });
    }
  },
});

/** The splitter of an old wrangler takes a time that grows with the square of the length. */
const MAX_LENGTH = 20_000;

/** What stands after a statement, to see whether it stays apart. */
const NEXT = 'SELECT 1';

function differenceIn(
  { tokens, allTokens, text, tree }: LintStatement,
  { wranglerSplit, tokenize }: RuleContext,
): string | undefined {
  if (wranglerSplit === undefined || tree === undefined || text.length > MAX_LENGTH) return undefined;
  if (tree.is('TransactionStmt')) return undefined;
  if (!maySplitDifferently(allTokens)) return undefined;
  const parts = attempt(() => wranglerSplit(`${text};\n${NEXT};`));
  // It refuses nothing but the words of a transaction, which `compat/transaction-words` finds.
  if (parts === undefined) return undefined;
  const [first = '', second, ...more] = parts;
  if (second === undefined) return 'it does not see where it ends, and glues the next one to it';
  if (more.length > 0) return `it cuts it into ${parts.length - 1} pieces`;
  const words = significantTokens(tokenize(first)).map((token) => token.text);
  const isSame = words.length === tokens.length && words.every((word, index) => word === tokens[index]?.text);
  return isSame ? undefined : 'it leaves a part of it out';
}

function attempt<Value>(action: () => Value): Value | undefined {
  try {
    return action();
  } catch {
    // Wrangler throws at a second transaction in one file.
    return undefined;
  }
}
