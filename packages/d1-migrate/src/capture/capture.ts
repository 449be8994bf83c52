import { formatNumber, type Migration, parseMigrationName } from 'd1-core/migrations';
import { comment, foldName, splitStatements, type Tokenize } from 'd1-core/sql';
import type { MigrationStep } from '../replay/index.ts';
import { planCapture } from './plan-capture.ts';

/** A migration that keeps what it changes. */
export interface Captured {
  /** The text of the file, with what keeps the rows before each statement that changes some. */
  readonly text: string;
  /** The tables in which rows are kept. */
  readonly undoTables: readonly string[];
  /** Statements whose rows cannot be kept. */
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

/** Makes a migration keep the rows that its UPDATEs and DELETEs change, so that they can be brought back. */
export function captureChanges(step: MigrationStep, { text }: Migration, tokenize: Tokenize): Captured {
  const created = new Set<string>();
  const taken = new Set(step.after.tables().map(({ name }) => foldName(name)));
  const undoTables: string[] = [];
  const refused: { line: number; reason: string }[] = [];
  const number = parseMigrationName(step.file.name)?.number;
  const prefix = `undo_${number === undefined ? 'x' : formatNumber(number)}`;
  const nameOf = (table: string): string => {
    const name = freeName(`${prefix}_${table}`, taken);
    taken.add(foldName(name));
    undoTables.push(name);
    return name;
  };
  const tokens = tokenize(text);
  let gapStart = 0;
  const insertions = splitStatements(tokens).flatMap(({ start, end }, index) => {
    const at = placeBefore(text, gapStart, start);
    gapStart = tokens.find((token) => token.text === ';' && token.start >= end)?.end ?? text.length;
    const statement = step.statements[index];
    if (statement === undefined) return [];
    const made = statement.tree?.is('CreateTableStmt') === true ? statement.tree.tableName : undefined;
    if (made !== undefined && statement.before.table(made.text) === undefined)
      created.add(foldName(made.text));
    const before = undoTables.length;
    const plan = planCapture(statement, (name) => created.has(foldName(name)), nameOf, tokenize);
    if (plan.outcome !== 'kept') {
      undoTables.length = before;
      if (plan.outcome === 'refused') refused.push({ line: statement.line, reason: plan.reason });
      return [];
    }
    return {
      at,
      text: [
        ...(at === 0 || text[at - 1] === '\n' ? [] : ['']),
        '-- What the statement below changes is kept, for the rollback script.',
        ...plan.keeping.flatMap(({ statements }) => statements.map((sql) => `${sql};`)),
        ...plan.keeping.flatMap(({ directives }) => directives.map((one) => comment(`d1-migrate: ${one}`))),
        '',
      ].join('\n'),
    };
  });
  return { text: insertAll(text, insertions), undoTables, refused };
}

/** A text with more in it. */
function insertAll(
  text: string,
  insertions: readonly { readonly at: number; readonly text: string }[],
): string {
  let result = '';
  let from = 0;
  for (const { at, text: inserted } of insertions) {
    result += text.slice(from, at) + inserted;
    from = at;
  }
  return result + text.slice(from);
}

/**
 * Where something goes before a statement: above the comments that stand directly above it, because a directive among
 * them is about the statement.
 */
function placeBefore(text: string, gapStart: number, start: number): number {
  const gap = text.slice(gapStart, start);
  const blank = [...gap.matchAll(/\n[ \t]*\r?\n/g)].at(-1);
  if (blank !== undefined) return gapStart + blank.index + blank[0].length;
  if (gapStart === 0) return 0;
  const lineEnd = gap.indexOf('\n');
  return lineEnd < 0 ? start : gapStart + lineEnd + 1;
}

const freeName = (name: string, taken: ReadonlySet<string>): string => {
  let candidate = name;
  for (let count = 2; taken.has(foldName(candidate)); count += 1) candidate = `${name}_${count}`;
  return candidate;
};
