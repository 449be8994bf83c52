import type { RollbackClass } from 'd1-core/migrations';

import { identifier, type Tokenize } from 'd1-core/sql';
import type { DataChange, Inversion, Loss } from '../invert/index.ts';

export interface ScriptHeader {
  readonly migration: string;
  /** Of the migration's tokens. */
  readonly checksum: string;
  readonly class: RollbackClass;
  readonly losses: readonly Loss[];
}

/** The lines by which a script says what it undoes, and what it does not bring back. */
export const headerLines = ({
  migration,
  checksum,
  class: kind,
  losses,
}: ScriptHeader): readonly string[] => [
  `-- d1-migrate: undoes ${migration} ${checksum}`,
  `-- d1-migrate: class ${kind}`,
  ...losses.map(
    ({ table, column, what }) =>
      `-- d1-migrate: loses ${identifier(table)}${column === undefined ? '' : `.${identifier(column)}`}: ${what}`,
  ),
];

/** The file of a rollback script that was made from its migration. */
export function scriptText(migration: string, checksum: string, inversion: Inversion): string {
  const header = headerLines({ migration, checksum, class: inversion.class, losses: inversion.losses });
  if (inversion.class === 'irreversible') {
    return `${[...irreversibleLines(migration, inversion.reasons), ...header].join('\n')}\n`;
  }
  const kept = inversion.kept.map(
    (table) => `-- Rows that the migration may have added to ${identifier(table)} stay there.`,
  );
  const statements = inversion.statements.map((sql) => `${sql};\n`);
  return `${[`-- Undoes ${migration}.`, ...kept, ...header].join('\n')}\n\n${statements.join('\n')}`;
}

const irreversibleLines = (migration: string, reasons: readonly DataChange[]): readonly string[] => [
  `-- ${migration} has no way back that a script could go:`,
  ...reasons.map(({ line, what }) => `--   line ${line}: ${oneLine(what)}.`),
  '-- A snapshot or a Time Travel bookmark from before it has the rows, and so has an archive.',
];

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/**
 * A script that somebody wrote, with a new header above it: the lines by which the old one said the same things are
 * gone, and everything else stays.
 */
export function withHeader(text: string, header: ScriptHeader, tokenize: Tokenize): string {
  const kept = tokenize(text)
    .map((token) => (token.kind === 'comment' && isHeaderLine(token.text) ? '' : token.text))
    .join('')
    .replace(/^\s+/, '');
  return `${headerLines(header).join('\n')}\n\n${kept}`;
}

const isHeaderLine = (comment: string): boolean =>
  /^--\s*d1-migrate\s*:\s*(undoes|class|loses)\b/.test(comment);
