import { KEPT_ROWS, proofLine, proofMark, type RollbackClass, type Loss } from 'd1-core/migrations';
import { comment, identifier, type Token, type Tokenize } from 'd1-core/sql';
import type { DataChange } from '../replay/index.ts';
import type { Inversion } from '../invert/index.ts';

export interface ScriptHeader {
  readonly migration: string;
  /** Of the migration's tokens. */
  readonly checksum: string;
  readonly class: RollbackClass;
  readonly losses: readonly Loss[];
  readonly kept: readonly string[];
  /** The version of the wrangler that has run the script. */
  readonly wrangler: string;
}

/** The lines by which a script says what it undoes, what it does not bring back, and that both are proved. */
function headerLines(
  { migration, checksum, class: kind, losses, kept, wrangler }: ScriptHeader,
  statements: string,
  tokenize: Tokenize,
): readonly string[] {
  const content = { undoes: { file: migration, checksum }, class: kind, losses, kept, text: statements };
  return [
    comment(`d1-migrate: undoes ${migration} ${checksum}`),
    comment(`d1-migrate: class ${kind}`),
    ...losses.map(({ table, column, what }) =>
      comment(
        `d1-migrate: loses ${identifier(table)}${column === undefined ? '' : `.${identifier(column)}`}: ${what}`,
      ),
    ),
    ...kept.map((table) => comment(`d1-migrate: leaves ${identifier(table)}: ${KEPT_ROWS}`)),
    proofLine(proofMark(content, wrangler, tokenize)),
  ];
}

/** The file of a rollback script that was made from its migration. */
export function scriptText(
  inversion: Inversion,
  { migration, checksum, wrangler }: Pick<ScriptHeader, 'migration' | 'checksum' | 'wrangler'>,
  tokenize: Tokenize,
): string {
  const statements = inversion.statements.map((sql) => `${sql};\n`).join('\n');
  const { class: kind, losses } = inversion;
  const kept = kind === 'irreversible' ? [] : inversion.kept;
  const said = { migration, checksum, class: kind, losses, kept, wrangler };
  const header = headerLines(said, statements, tokenize);
  if (inversion.class === 'irreversible') {
    return `${[...irreversibleLines(migration, inversion.reasons), ...header].join('\n')}\n`;
  }
  return `${[comment(`Undoes ${migration}.`), ...header].join('\n')}\n\n${statements}`;
}

const irreversibleLines = (migration: string, reasons: readonly DataChange[]): readonly string[] => [
  comment(`${migration} has no way back that a script could go:`),
  ...reasons.map(({ line, what }) => comment(`  line ${line}: ${oneLine(what)}.`)),
  '-- A snapshot or a Time Travel bookmark from before it has the rows, and so has an archive.',
];

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ');

/**
 * A script that somebody wrote, with a new header: in place of the old one, or above all where there was none.
 * Everything else stays.
 */
export function withHeader(text: string, header: ScriptHeader, tokenize: Tokenize): string {
  const lines = headerLines(header, text, tokenize).join('\n');
  const tokens = tokenize(text);
  const isOld = ({ kind, text: comment }: Token) => kind === 'comment' && isHeaderLine(comment);
  const first = tokens.findIndex(isOld);
  if (first < 0) return `${lines}\n\n${text.replace(/^\s+/, '')}`;
  return tokens
    .map((token, index) => {
      if (index === first) return lines;
      if (isOld(token)) return '';
      const previous = tokens[index - 1];
      const isLeft = index - 1 > first && previous !== undefined && isOld(previous);
      return isLeft ? token.text.replace(/^\r?\n/, '') : token.text;
    })
    .join('');
}

const isHeaderLine = (comment: string): boolean =>
  /^--\s*d1-migrate\s*:\s*(undoes|class|loses|leaves|proof)\b/.test(comment);
