import { sameName, unquote } from 'd1-core/sql';
import { hasEngineError } from '../../recipes/engine-error.ts';
import { defineRule, type RuleContext } from '../../engine/rule.ts';

export default defineRule({
  id: 'history/not-replayable',
  severity: 'error',
  kind: 'engine',
  stage: 'replay',
  summary: 'A statement fails on the schema that the migrations before it have made.',
  why: `Every file is replayed in memory, in the order in which wrangler applies them. A statement that fails there, for a
table or column that is not there or one that is there already, fails on D1 too, and no new database can be made from the
folder.`,
  bad: [
    "INSERT INTO posts (id, title) VALUES (1, 'First');",
    {
      '0001_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);',
      '0002_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);',
    },
  ],
  good: [
    {
      '0001_posts.sql': 'CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT NOT NULL);',
      '0002_seed.sql': "INSERT INTO posts (id, title) VALUES (1, 'First');",
    },
  ],
  check(context) {
    const { file, folder, statements, report } = context;
    const where =
      folder.files[0]?.name === file.name ? 'on an empty database' : 'after the migrations before it';
    for (const statement of statements) {
      const { replay } = statement;
      if (replay.outcome !== 'failed' || isExplained(statement, context)) continue;
      report({
        at: statement,
        message: `This fails ${where}: ${replay.message}.`,
        help: adviceFor(replay.message),
      });
    }
  },
});

/** Another rule has said why, or a statement or file that failed before has not made what is missing here. */
function isExplained(
  statement: RuleContext['statements'][number],
  { findings, statements, wasTakenBack }: RuleContext,
): boolean {
  const { replay, index } = statement;
  const missing = replay.outcome === 'failed' ? missingObject(replay.message) : undefined;
  return (
    hasEngineError(statement, findings) ||
    (missing !== undefined &&
      (wasTakenBack(missing) ||
        statements
          .slice(0, index)
          .filter((one) => one.replay.outcome === 'failed')
          .some(({ tokens }) => tokens.some(({ text }) => sameName(unquote(text), missing)))))
  );
}

const missingObject = (message: string): string | undefined =>
  /^(?:no such (?:table|column|index|view|trigger): (?:\w+\.)?|table .+ has no column named )(\w+)$/.exec(
    message,
  )?.[1];

function adviceFor(message: string): string {
  if (message.startsWith('no such')) return 'Create it in a migration before this one, or correct the name.';
  if (message.includes('already exists')) return 'Remove this statement, or give it another name.';
  return 'Correct the statement, or a migration before it that is applied nowhere.';
}
