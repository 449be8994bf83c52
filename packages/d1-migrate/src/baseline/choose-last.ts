import { D1Error } from 'd1-core/errors';
import { findMigration, type MigrationFile } from 'd1-core/migrations';
import { describeSchemaChanges, type SchemaChange } from 'd1-core/schema';
import { differencesTo, findMatch, type MatchRequest } from './find-match.ts';

/**
 * The last migration that a database already has: the one that is named, if the schema agrees, or the only one behind
 * which the schema is as it is. Throws how they differ.
 */
export function chooseLast(to: string | undefined, request: MatchRequest): MigrationFile {
  return to === undefined ? findLast(request) : checkNamed(to, request);
}

function findLast(request: MatchRequest): MigrationFile {
  const match = findMatch(request);
  switch (match.outcome) {
    case 'found':
      return match.last;
    case 'ambiguous':
      throw refuse(
        'baseline-ambiguous',
        `${match.candidates.map(({ name }) => name).join(', ')} give the same schema: the later ones change rows alone.`,
        `Look which of them the rows show, and name the last one: --to=${match.candidates.at(-1)?.name ?? ''}`,
      );
    case 'none':
      throw refuse(
        'baseline-differs',
        'The schema of this database is not what the migrations give, behind any of them.',
        'Correct the migrations or the database, or make the migrations from the database: nx g d1-migrate:adopt',
        differencesNotes(match.nearest, match.differences),
      );
  }
}

function checkNamed(to: string, request: MatchRequest): MigrationFile {
  const step = findMigration(request.steps, ({ file: { name } }) => name, to, '--to=');
  const { file } = step;
  const differences = differencesTo(step, request);
  if (differences.length === 0) return file;
  const match = findMatch(request);
  throw refuse(
    'baseline-differs',
    `The schema of this database is not what the migrations up to ${file.name} give.`,
    match.outcome === 'found'
      ? `It is what they give up to ${match.last.name}: --to=${match.last.name}`
      : 'Correct the migrations or the database, or make the migrations from the database: nx g d1-migrate:adopt',
    differencesNotes(file, differences),
  );
}

const differencesNotes = (
  file: MigrationFile | undefined,
  differences: readonly SchemaChange[],
): readonly string[] =>
  file === undefined
    ? []
    : [
        `Compared with the schema behind ${file.name}, this database has:`,
        ...describeSchemaChanges(differences).map((line) => `  ${line}`),
      ];

const refuse = (code: string, message: string, fix: string, notes: readonly string[] = []): D1Error =>
  new D1Error({ code, message, fix, notes: [...notes, 'Nothing was changed.'] });
