import { D1Error } from 'd1-core/errors';
import { withoutValues } from 'd1-core/load';
import { foldName, isTrivia, loadTokenizer, unquote } from 'd1-core/sql';
import { ENTRIES } from '../format/index.ts';

/** Enough of a statement to tell its kind: what a backup writes begins with it. */
const BEGINNING = 300;

/** By their first words, the statements that a backup writes beside CREATE and INSERT. Each is followed by a name. */
const OTHERS: readonly (readonly string[])[] = [
  ['pragma', 'defer_foreign_keys'],
  ['analyze', 'sqlite_schema'],
  ['delete', 'from', 'sqlite_sequence'],
  ['delete', 'from', 'sqlite_stat1'],
];

/** The table that holds the pieces of long values while they are inserted. */
const HELPER = /^d1_backup_pieces(_\d+)?$/;

/**
 * Passes on the statements of an archive, each of a kind that a backup writes: what makes a schema, and what fills it. Whoever
 * sends an archive could otherwise have files of the machine opened, rows changed, or tables dropped by it. Throws D1Error
 * `statement-not-of-backup`.
 */
export async function* permitted(statements: AsyncIterable<string>): AsyncGenerator<string> {
  const tokenize = await loadTokenizer();
  for await (const statement of statements) {
    const words = tokenize(statement.slice(0, BEGINNING))
      .filter((token) => !isTrivia(token))
      .slice(0, 3)
      .map(({ text }) => foldName(unquote(text)));
    if (!isPermitted(words)) throw refused(statement);
    yield statement;
  }
}

function isPermitted(words: readonly string[]): boolean {
  const [first = '', second = '', third = ''] = words;
  if (first === 'create') return second !== 'temp' && second !== 'temporary';
  if (first === 'insert') return second === 'into';
  if ((first === 'drop' && second === 'table') || (first === 'delete' && second === 'from'))
    if (HELPER.test(third)) return true;
  return OTHERS.some((other) => other.every((word, index) => words[index] === word));
}

const refused = (statement: string): D1Error =>
  new D1Error({
    code: 'statement-not-of-backup',
    message: `${ENTRIES.database} has a statement that no backup writes: ${withoutValues(statement)}`,
    fix: 'Find out who made or changed the archive, and take another one.',
  });
