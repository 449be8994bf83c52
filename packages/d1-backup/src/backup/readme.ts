import { lineInFile, type Named, type Where } from 'd1-core/door';
import { markdownBlock, markdownText } from 'd1-core/report';
import { whereOf, type Target } from 'd1-core/target';
import { ENTRIES, type DatabaseRecord, type ObjectsRecord } from '../format/index.ts';

export interface ReadmeFacts {
  /** Of the finished archive. */
  readonly name: string;
  readonly target: Target;
  readonly startedAt: Date;
  readonly database: DatabaseRecord | undefined;
  readonly photos: ObjectsRecord | undefined;
  readonly warnings: readonly string[];
}

/** The text that tells whoever finds the archive what it is, and how to restore it. */
export function readmeText(facts: ReadmeFacts): string {
  const { name, target, startedAt, database, photos, warnings } = facts;
  const { environment } = target;
  const line = (where: Where, command: Named, ...words: readonly string[]): string =>
    lineInFile(
      { ...whereOf(target), environment: undefined, ...where },
      command,
      `--archive=<path>/${name}`,
      ...words,
    );
  return `${[
    `# ${markdownText(name)}`,
    `A backup of the environment **${markdownText(environment.name)}** (${environment.location}), begun at ${startedAt.toISOString()}, made with d1-backup.`,
    contents(facts),
    ...(warnings.length === 0
      ? []
      : ['Good to know:', warnings.map((warning) => `- ${markdownText(warning)}`).join('\n')]),
    '## Check it',
    'These commands are run in the folder of the Worker, the one with the wrangler config; those of Nx anywhere in the workspace.',
    code([line({}, 'd1-backup:verify')]),
    '## Restore it',
    'Into the development database and bucket on your machine:',
    code([line({}, 'd1-backup:restore')]),
    `Into ${markdownText(environment.name)}; the first shows what it would do:`,
    code(
      ['--dryRun', '--overwrite'].map((word) =>
        line({ environment: environment.name }, 'd1-backup:restore', word),
      ),
    ),
    'As files, without any database:',
    code([line({}, 'd1-backup:restore', '--extractTo=<folder>')]),
    ...(database === undefined ? [] : withoutUs(database)),
    ...(photos === undefined ? [] : objectsWithoutUs(photos)),
  ].join('\n\n')}\n`;
}

function contents({ database, photos }: ReadmeFacts): string {
  const lines = [
    ...(database === undefined
      ? []
      : [
          `- \`${ENTRIES.database}\`: the D1 database ${markdownText(database.name ?? database.binding)}, ${database.tables.length} tables`,
          `- \`${ENTRIES.migrations}\`: which migrations were applied, and the checksums of the files`,
        ]),
    ...(photos === undefined
      ? []
      : [
          `- \`photos/\`: ${photos.objects.length} objects of the R2 bucket ${markdownText(photos.bucket)}${photos.prefix === '' ? '' : `, those below ${markdownText(photos.prefix)}`}`,
        ]),
    `- \`${ENTRIES.metadata}\` and \`${ENTRIES.manifest}\`: all of this for programs, with the SHA-256 of every table and every entry`,
  ];
  return lines.join('\n');
}

const withoutUs = ({ name, binding }: DatabaseRecord): readonly string[] => [
  '## Without d1-backup',
  `\`${ENTRIES.database}\` is plain SQL in an order that can be run: tables, rows with parents before children, indexes, views, triggers. Into an empty database:`,
  code([
    `unzip <archive> ${ENTRIES.database}`,
    `npx wrangler d1 execute ${name ?? binding} --remote --file=${ENTRIES.database}`,
  ]),
  'For many rows this takes long: wrangler splits the file before it sends it. SQLite itself can read it too: `sqlite3 copy.sqlite < database.sql`',
];

const objectsWithoutUs = ({ bucket }: ObjectsRecord): readonly string[] => [
  `The objects lie under the names of their keys; where a key is no safe file name, \`${ENTRIES.manifest}\` says which entry has it. One by one:`,
  code([`npx wrangler r2 object put ${bucket}/<key> --remote --file=<entry>`]),
];

const code = (lines: readonly string[]): string => markdownBlock('sh', lines).join('\n');
