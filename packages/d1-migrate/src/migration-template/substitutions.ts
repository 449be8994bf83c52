import { D1Error } from 'd1-core/errors';
import { comment, quoteIdentifier, type Tokenize } from 'd1-core/sql';
import { exampleValue, parseColumn, type ColumnType } from './columns.ts';
import { headingOf } from './read-name.ts';
import { DEFAULT_COLUMNS, REQUIRED, type Subject, type Template } from './templates.ts';

export interface TemplateRequest {
  /** A safe name. */
  readonly name: string;
  readonly template: Template;
  readonly subject: Subject;
  readonly type: ColumnType;
  readonly now: Date;
}

/** What the template files write into SQL; names are quoted where they have to be. */
export interface Substitutions {
  readonly header: string;
  readonly table: string;
  readonly columns: readonly { readonly name: string; readonly type: ColumnType; readonly example: string }[];
  /** The columns, separated by commas. */
  readonly list: string;
  readonly newName: string;
  readonly view: string;
  /** The name of an object that belongs to the table: `idx_photos_title`. */
  objectName(...parts: readonly string[]): string;
}

/** Makes what a template needs. Throws a `D1Error` for a subject that is incomplete, or that D1 would refuse. */
export function substitutions(request: TemplateRequest, tokenize: Tokenize): Substitutions {
  const { template, subject, type, name, now } = request;
  requireParts(template, subject);
  const { table = '', newName = '', view = `${table}_view` } = subject;
  if (template === 'create-table') refuseReserved(table);
  if (template === 'create-view') refuseReserved(view);
  const identifier = (text: string) => identifierIn(text, tokenize);
  const columns = (subject.columns ?? DEFAULT_COLUMNS[template] ?? []).map((text) => parseColumn(text, type));
  return {
    header: migrationHeader(headingOf(name), now),
    table: identifier(table),
    columns: columns.map((column) => ({
      name: identifier(column.name),
      type: column.type,
      example: exampleValue(column),
    })),
    list: columns.map((column) => identifier(column.name)).join(', '),
    newName: identifier(newName),
    view: identifier(view),
    objectName: (prefix, ...parts) =>
      identifier(
        [prefix, table, ...parts.map((part) => part.replaceAll('"', ''))]
          .filter((part) => part !== '')
          .join('_')
          .replaceAll(/\W+/g, '_'),
      ),
  };
}

/** The comment at the top of a migration. Date and time are UTC, so that everybody's headers sort alike. */
export function migrationHeader(heading: string, now: Date): string {
  const time = now.toISOString().slice(0, 19).replace('T', ' ');
  return [`Migration: ${heading}`, `Generated: ${time}`, 'Environment: Compatible with Cloudflare D1']
    .map(comment)
    .join('\n');
}

const EXAMPLES = {
  table: '--table=photos',
  columns: '--columns=title',
  newName: '--newName=new_name',
} as const;

function requireParts(template: Template, subject: Subject): void {
  const missing = REQUIRED[template].filter((part) => (subject[part] ?? '').length === 0);
  if (missing.length === 0) return;
  throw new D1Error({
    code: 'incomplete-migration',
    message: `The template ${template} has to know the ${missing.join(' and the ')}, and the name does not say.`,
    fix: `Add ${missing.map((part) => EXAMPLES[part]).join(' ')}, or --template=blank to write the SQL yourself.`,
    exitCode: 2,
  });
}

function refuseReserved(name: string): void {
  if (!/^(_cf_|sqlite_)/i.test(name)) return;
  throw new D1Error({
    code: 'reserved-name',
    message: `D1 refuses the name ${name}: what begins with _cf_ or sqlite_ is reserved.`,
    fix: 'Choose another name with --table.',
    exitCode: 2,
  });
}

/** As written when it is a plain name, else in double quotes. Keywords that SQLite would let pass are quoted too. */
function identifierIn(text: string, tokenize: Tokenize): string {
  const [token, ...more] = tokenize(text);
  return token?.kind === 'identifier' && more.length === 0 && /^\w+$/.test(text)
    ? text
    : quoteIdentifier(text);
}
