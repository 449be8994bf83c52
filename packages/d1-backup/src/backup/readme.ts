import { markdownBlock, markdownText } from 'd1-core/report';
import type { Target } from 'd1-core/target';
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
  return `${[
    `# ${markdownText(name)}`,
    `A backup of the environment **${markdownText(environment.name)}** (${environment.location}), begun at ${startedAt.toISOString()}, made with d1-backup.`,
    contents(facts),
    ...(warnings.length === 0
      ? []
      : ['Good to know:', warnings.map((warning) => `- ${markdownText(warning)}`).join('\n')]),
    '## Check it',
    code(`npx nx run <worker>:backup-verify --archive=<path>/${name}`),
    '## Restore it',
    'Into the development database and bucket on your machine:',
    code(`npx nx run <worker>:restore --archive=<path>/${name}`),
    `Into ${markdownText(environment.name)}; the first shows what it would do:`,
    code(
      [
        `npx nx run <worker>:restore --configuration=${environment.name} --archive=<path>/${name} --dryRun`,
        `npx nx run <worker>:restore --configuration=${environment.name} --archive=<path>/${name} --overwrite`,
      ].join('\n'),
    ),
    'As files, without any database:',
    code(`npx nx run <worker>:restore --archive=<path>/${name} --extractTo=<folder>`),
    '`<worker>` is the project with the wrangler config.',
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
    `- \`${ENTRIES.metadata}\`: all of this for programs, with the SHA-256 of every entry and every table`,
  ];
  return lines.join('\n');
}

const withoutUs = ({ name, binding }: DatabaseRecord): readonly string[] => [
  '## Without d1-backup',
  `\`${ENTRIES.database}\` is plain SQL in an order that can be run: tables, rows with parents before children, indexes, views, triggers. Into an empty database:`,
  code(
    `unzip ${'<archive>'} ${ENTRIES.database}\nnpx wrangler d1 execute ${name ?? binding} --remote --file=${ENTRIES.database}`,
  ),
  'For many rows this takes long: wrangler splits the file before it sends it. SQLite itself can read it too: `sqlite3 copy.sqlite < database.sql`',
];

const objectsWithoutUs = ({ bucket }: ObjectsRecord): readonly string[] => [
  `The objects lie under the names of their keys; where a key is no safe file name, \`${ENTRIES.metadata}\` says which entry has it. One by one:`,
  code(`npx wrangler r2 object put ${bucket}/<key> --remote --file=<entry>`),
];

const code = (text: string): string => markdownBlock('sh', text.split('\n')).join('\n');
