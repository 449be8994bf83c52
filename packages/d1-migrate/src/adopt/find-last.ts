import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import { findMigration, type MigrationFile } from 'd1-core/migrations';
import { describeSchemaChanges, diffSchemas, type Schema, type SchemaChange } from 'd1-core/schema';
import type { Tokenize } from 'd1-core/sql';
import type { MigrationStep } from '../replay/index.ts';

/**
 * The last migration that a database already has: the one that is named, if the schema agrees, or the only one after
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
        `Check which of them the rows show, and name the last one: --to=${match.candidates.at(-1)?.name ?? ''}`,
      );
    case 'none':
      throw refuse(
        'baseline-differs',
        'The schema of this database is not what the migrations give, behind any of them.',
        `Correct the migrations or the database, or make the migrations from the database: ${commandLine('d1-migrate:adopt')}`,
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
      : `Correct the migrations or the database, or make the migrations from the database: ${commandLine('d1-migrate:adopt')}`,
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
        `Compared with the schema after ${file.name}, this database has:`,
        ...describeSchemaChanges(differences).map((line) => `  ${line}`),
      ];

const refuse = (code: string, message: string, fix: string, notes: readonly string[] = []): D1Error =>
  new D1Error({ code, message, fix, notes: [...notes, 'Nothing was changed.'] });

/** How the schema of a database relates to what the migrations give. */
type Match =
  /** It is what the migrations up to this one give. */
  | { readonly outcome: 'found'; readonly last: MigrationFile }
  /** Several migrations give the same schema: the later ones change rows alone. */
  | { readonly outcome: 'ambiguous'; readonly candidates: readonly MigrationFile[] }
  /** `differences` are those to the migration that comes nearest. */
  | {
      readonly outcome: 'none';
      readonly nearest: MigrationFile | undefined;
      readonly differences: readonly SchemaChange[];
    };

interface MatchRequest {
  readonly steps: readonly MigrationStep[];
  readonly actual: Schema;
  readonly tokenize: Tokenize;
  /** Differences that somebody has accepted. */
  readonly isAccepted: (change: SchemaChange) => boolean;
}

/** Finds the migration after which a schema is as it is here. */
function findMatch(request: MatchRequest): Match {
  const compared = request.steps.map((step) => ({ step, differences: differencesTo(step, request) }));
  const equal = compared.filter(({ differences }) => differences.length === 0).map(({ step }) => step.file);
  const [only, ...others] = equal;
  if (only !== undefined && others.length === 0) return { outcome: 'found', last: only };
  if (only !== undefined) return { outcome: 'ambiguous', candidates: equal };
  const fewest = Math.min(...compared.map(({ differences }) => differences.length));
  const best = compared.findLast(({ differences }) => differences.length === fewest);
  return { outcome: 'none', nearest: best?.step.file, differences: best?.differences ?? [] };
}

/** What the database has more, less or otherwise than the migrations up to a step give. */
const differencesTo = (
  { after }: MigrationStep,
  { actual, tokenize, isAccepted }: MatchRequest,
): readonly SchemaChange[] => diffSchemas(after, actual, tokenize).filter((change) => !isAccepted(change));
