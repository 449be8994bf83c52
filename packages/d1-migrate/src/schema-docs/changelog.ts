import { readMigration, provedClass, readRollbackScript, scriptState } from 'd1-core/migrations';
import { markdownText } from 'd1-core/report';
import type { Tokenize } from 'd1-core/sql';
import type { MigrationStep } from '../replay/index.ts';
import { wordsOf } from './change-words.ts';

const INTRODUCTION = [
  '# Changes of the schema',
  '',
  'What every migration does, the newest first. Written by the target `schema-docs`: do not change it by hand.',
];

/** The change log of the migrations, as Markdown; always the same for the same files. */
export function changelogText(steps: readonly MigrationStep[], tokenize: Tokenize): string {
  const sections = steps.toReversed().flatMap((step) => ['', ...section(step, tokenize)]);
  return `${[...INTRODUCTION, ...sections].join('\n')}\n`;
}

function section(step: MigrationStep, tokenize: Tokenize): readonly string[] {
  const { title, date } = headingOf(step);
  const { changes, risks } = wordsOf(step, tokenize);
  return [
    `## ${markdownText(step.file.name)}`,
    '',
    `${markdownText(title)}${date === undefined ? '' : ` (${date})`}.`,
    '',
    ...(changes.length === 0 ? ['- No change of the schema'] : changes.map((change) => `- ${change}`)),
    '',
    `**Risk:** ${risks.length === 0 ? 'no rows or values are touched' : risks.join('; ')}.`,
    `**Rollback:** ${rollbackOf(step, tokenize)}.`,
    ...(step.failure === undefined
      ? []
      : [
          '',
          `It does not run on an empty database: line ${step.failure.line}, ${markdownText(step.failure.message)}.`,
        ]),
  ];
}

/** From the comment at the top, else from the name of the file. */
function headingOf({ file }: MigrationStep): { readonly title: string; readonly date: string | undefined } {
  const { text } = readMigration(file);
  const [, title] = /^--[ \t]*Migration:[ \t]*(\S[^\r\n]*?)\.?[ \t]*$/im.exec(text) ?? [];
  const [, date] = /^--[ \t]*Generated:[ \t]*(\d{4}-\d\d-\d\d)/im.exec(text) ?? [];
  const words = file.name
    .replace(/\.sql$/, '')
    .replace(/^[\d\W_]+/, '')
    .replaceAll(/[_-]+/g, ' ');
  return { title: title ?? (words.charAt(0).toUpperCase() + words.slice(1) || file.name), date };
}

/** By whichever wrangler it was proved: the change log is the same on every machine. */
function rollbackOf({ file, checksum }: MigrationStep, tokenize: Tokenize): string {
  const script = readRollbackScript(file, tokenize);
  if (script === undefined) return 'no script';
  const state = scriptState(script, checksum);
  if (state === 'stale') return 'the script is for another version of the migration';
  const proved = provedClass(script, checksum);
  return proved === 'not-proved' ? 'a script that is not proved' : proved;
}
