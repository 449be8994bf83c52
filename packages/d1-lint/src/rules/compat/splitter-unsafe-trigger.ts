import { type Token, isTrivia } from 'd1-core/sql';
import type { Fix } from '../../engine/finding.ts';
import { defineRule, type LintStatement, type RuleContext } from '../../engine/rule.ts';
import { isNewestFile } from '../../recipes/newest-file.ts';

const posts = 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL, state TEXT NOT NULL);';
const trigger = (body: string, begin = 'BEGIN', end = 'END') =>
  `CREATE TRIGGER posts_title AFTER INSERT ON posts ${begin}\n  ${body}\n${end};`;
const update = 'UPDATE posts SET title = trim(title) WHERE id = new.id;';

export default defineRule({
  id: 'compat/splitter-unsafe-trigger',
  severity: 'warning',
  kind: 'engine',
  workerd: 'accepts',
  summary: 'A trigger that wrangler, or D1 on the server, may cut in the wrong place.',
  why: `A trigger has semicolons in it, so whoever cuts a file into statements has to know where it ends. Three do, each in its own
way: wrangler for a local database, D1 for a remote one, and D1 for "d1 execute --file". Known to go wrong in one of them: CRLF line
ends (workers-sdk#14991), "begin" and "end" in small letters (#15314, #15046), the END of a CASE before a semicolon (#15178), a comment after the END, and a column that is called like one of these words. The trigger then fails
with "incomplete input" remotely, after it has passed on your machine. What is wrong on the server depends on no version of wrangler. Where such a trigger is refused all the same, some
have written it on one line. What the installed wrangler itself misreads, compat/splitter-disagrees says.`,
  bad: [
    `${posts}\n${trigger(update, 'begin', 'end')}`,
    `${posts}\n${trigger("SELECT CASE WHEN new.title = '' THEN raise(ABORT, 'no title') END;")}`,
  ],
  good: [
    `${posts}\n${trigger(update)}`,
    `${posts}\nCREATE TRIGGER posts_title BEFORE INSERT ON posts WHEN new.title = '' BEGIN\n  SELECT raise(ABORT, 'no title');\nEND;`,
    `${posts}\n${trigger("UPDATE posts SET title = iif(title = '', 'none', title), state = 'new' WHERE id = new.id;")}`,
  ],
  check(context) {
    for (const statement of context.statements) {
      if (statement.tree?.is('CreateTriggerStmt') !== true) continue;
      const reported = new Set<SplitterTrap['trap']>();
      const traps = splitterTraps(statement.allTokens, commentBehind(statement, context));
      for (const trap of traps) {
        // Where one is, more of the kind mostly are; one finding says it.
        if (reported.has(trap.trap)) continue;
        reported.add(trap.trap);
        report(trap, traps, statement, context);
      }
    }
  },
});

/** A comment between the last word and the semicolon. */
function commentBehind(
  { end, index, terminated }: LintStatement,
  { file, statements, tokenize }: RuleContext,
): Token | undefined {
  if (!terminated) return undefined;
  const tokens = tokenize(file.text.slice(end, statements[index + 1]?.start));
  const comment = tokens
    .slice(
      0,
      tokens.findIndex(({ text }) => text === ';'),
    )
    .find(isComment);
  return comment && { ...comment, start: end + comment.start, end: end + comment.end };
}

const isComment = ({ kind }: Token): boolean => kind === 'comment';

function report(
  { at, trap }: SplitterTrap,
  traps: readonly SplitterTrap[],
  statement: LintStatement,
  context: RuleContext,
): void {
  const name = statement.tree?.triggerName?.text ?? '';
  context.report({
    at: trap === 'crlf' ? (statement.tree?.triggerName ?? at) : at,
    message: `The trigger ${name} may be cut in the wrong place: ${REASONS[trap]}.`,
    help: HELP[trap],
    fix: trap === 'lower-case' ? upperCase(traps, context) : undefined,
  });
}

const REASONS: Readonly<Record<SplitterTrap['trap'], string>> = {
  crlf: 'its lines end with CRLF, and D1 has refused such triggers',
  'lower-case': 'wrangler before 4.124 does not see an "end" in small letters, and D1 no such "begin"',
  'case-end': 'the END of a CASE before a semicolon is taken for the END of the trigger',
  'comment-behind-end': 'a comment stands between its END and the semicolon',
  name: 'a name in it is a word that begins or ends a block',
};

const HELP: Readonly<Record<SplitterTrap['trap'], string>> = {
  crlf: 'Convert the file to LF, and add the line "*.sql text eol=lf" to .gitattributes.',
  'lower-case': 'Write BEGIN and END in capitals.',
  'case-end':
    'Write iif(condition, a, b) in place of CASE, or put CASE into parentheses. A condition for raise() belongs in WHEN:\nCREATE TRIGGER … WHEN <condition> BEGIN\n  SELECT raise(ABORT, …);\nEND;',
  'comment-behind-end': 'Write the comment before END.',
  name: 'Give it another name, or put the work that needs it outside of the trigger.',
};

function upperCase(traps: readonly SplitterTrap[], context: RuleContext): Fix {
  const words = traps.filter(({ trap }) => trap === 'lower-case').map(({ at }) => at);
  return {
    title: 'Write BEGIN and END in capitals',
    edits: words.map(({ start, end, text }) => ({ start, end, text: text.toUpperCase() })),
    safe: isNewestFile(context),
  };
}

/** What makes a splitter cut a trigger in the wrong place. */
interface SplitterTrap {
  readonly at: Token;
  readonly trap: 'crlf' | 'lower-case' | 'case-end' | 'comment-behind-end' | 'name';
}

/** The traps in a trigger, in the order of the text. Takes all its tokens, comments and white space included. */
function splitterTraps(
  tokens: readonly Token[],
  commentBehindEnd: Token | undefined,
): readonly SplitterTrap[] {
  const words = tokens.filter((token) => !isTrivia(token));
  const crlf = tokens.find(({ text }) => text.includes('\r\n'));
  return [
    ...(crlf === undefined ? [] : [{ at: crlf, trap: 'crlf' as const }]),
    ...lowerCase(words),
    ...caseEnds(words),
    ...(commentBehindEnd === undefined
      ? []
      : [{ at: commentBehindEnd, trap: 'comment-behind-end' as const }]),
    ...names(words),
  ].sort((a, b) => a.at.start - b.at.start);
}

const isWord = ({ kind, text }: Token, word: string): boolean =>
  kind === 'keyword' && text.toUpperCase() === word;

/** The BEGIN and the END of the trigger itself: the first of the one, and the last of the other. */
function lowerCase(words: readonly Token[]): readonly SplitterTrap[] {
  const ends = [
    words.find((token) => isWord(token, 'BEGIN')),
    words.findLast((token) => isWord(token, 'END')),
  ];
  return ends
    .filter((token) => token !== undefined)
    .filter(({ text }) => text !== text.toUpperCase())
    .map((at) => ({ at, trap: 'lower-case' }));
}

/** `END;` of a CASE: the server takes it for that of the trigger. What stands after an END is for wrangler to misread. */
function caseEnds(words: readonly Token[]): readonly SplitterTrap[] {
  const last = words.findLastIndex((token) => isWord(token, 'END'));
  return words.flatMap((at, index) => {
    const isCaseEnd = index < last && isWord(at, 'END');
    return isCaseEnd && words[index + 1]?.text === ';' ? [{ at, trap: 'case-end' as const }] : [];
  });
}

const names = (words: readonly Token[]): readonly SplitterTrap[] =>
  words
    .filter(({ kind, text }) => kind === 'identifier' && /^["`[]?(begin|end|case)["`\]]?$/i.test(text))
    .map((at) => ({ at, trap: 'name' }));
