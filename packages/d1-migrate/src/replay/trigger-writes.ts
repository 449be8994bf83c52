import { primaryKeyOf, type Schema, type Table } from 'd1-core/schema';
import { foldName, isTrivia, sameName, unquote, type Token, type Tokenize } from 'd1-core/sql';
import { ownConflictAction } from './clauses.ts';

export type TriggerEvent = 'insert' | 'update' | 'delete';

/** What a trigger does to an ordinary table, fired by a change of its own or by another trigger. */
export interface TriggerWrite {
  readonly trigger: string;
  readonly table: string;
  /** Whether it only adds rows, and touches none that are there. */
  readonly isAdding: boolean;
  /** Whether it only completes the row whose change has fired it: `UPDATE t SET … WHERE id = new.id`. */
  readonly isOwnRow: boolean;
}

/**
 * What a change of a table or view does to other rows by way of triggers. Search indexes are left out: what takes the change
 * back fires their triggers too.
 */
export function triggerWrites(
  schema: Schema,
  target: string,
  event: TriggerEvent,
  tokenize: Tokenize,
): readonly TriggerWrite[] {
  const fired = new Set<string>();
  const visit = (name: string, change: TriggerEvent): readonly TriggerWrite[] =>
    schema.triggersOf(name).flatMap(({ name: trigger, sql }) => {
      const tokens = tokenize(sql).filter((token) => !isTrivia(token));
      if (fired.has(foldName(trigger)) || eventOf(tokens) !== change) return [];
      fired.add(foldName(trigger));
      return bodyWrites(tokens).flatMap((write) => {
        const table = schema.table(write.table);
        if (table?.storage === 'virtual') return [];
        const isAdding =
          write.isAdding && (table === undefined || ownConflictAction(table, tokenize) !== 'REPLACE');
        return [
          { trigger, table: write.table, isAdding, isOwnRow: isOwnRow(write, name, table) },
          ...visit(write.table, write.event),
        ];
      });
    });
  return visit(target, event);
}

/** The word before ON, or before OF. */
function eventOf(tokens: readonly Token[]): string | undefined {
  const on = tokens.findIndex(({ text }) => foldName(text) === 'on');
  return tokens
    .slice(0, Math.max(on, 0))
    .map(({ text }) => foldName(text))
    .findLast((word) => word === 'insert' || word === 'update' || word === 'delete');
}

interface BodyWrite {
  readonly event: TriggerEvent;
  readonly table: string;
  readonly isAdding: boolean;
  readonly tokens: readonly Token[];
}

const STARTS = ['insert', 'replace', 'update', 'delete'];

/** What stands after INSERT INTO, UPDATE and DELETE FROM in the body. */
function bodyWrites(tokens: readonly Token[]): readonly BodyWrite[] {
  const begin = tokens.findIndex(({ text }) => foldName(text) === 'begin');
  return statementsOf(tokens.slice(begin + 1)).flatMap((statement): readonly BodyWrite[] => {
    const words = statement.map(({ text }) => foldName(text));
    const nameAt = (at: number) => unquote(statement[at]?.text ?? '');
    const first = words[0] === 'with' ? words.find((word) => STARTS.includes(word)) : words[0];
    const into = words.indexOf('into');
    const isUpsert = words.some((word, at) => word === 'do' && words[at + 1] === 'update');
    const isReplacing = first === 'replace' || (words[into - 2] === 'or' && words[into - 1] === 'replace');
    switch (first) {
      case 'insert':
      case 'replace': {
        const isAdding = !isReplacing && !isUpsert;
        return [{ event: 'insert', table: nameAt(into + 1), isAdding, tokens: statement }];
      }
      case 'update': {
        const at = words.indexOf('update');
        const table = nameAt(words[at + 1] === 'or' ? at + 3 : at + 1);
        return [{ event: 'update', table, isAdding: false, tokens: statement }];
      }
      case 'delete': {
        const table = nameAt(words.indexOf('from') + 1);
        return [{ event: 'delete', table, isAdding: false, tokens: statement }];
      }
      default:
        return [];
    }
  });
}

function statementsOf(tokens: readonly Token[]): readonly (readonly Token[])[] {
  const statements: Token[][] = [[]];
  for (const token of tokens) {
    if (token.text === ';') statements.push([]);
    else statements.at(-1)?.push(token);
  }
  return statements.filter((statement) => statement.length > 1);
}

function isOwnRow({ event, table: name, tokens }: BodyWrite, own: string, table: Table | undefined): boolean {
  if (event !== 'update' || table === undefined || !sameName(name, own)) return false;
  const words = tokens.map(({ text }) => foldName(unquote(text)));
  const [key, ...others] = primaryKeyOf(table).map(foldName);
  const keys = others.length === 0 && key !== undefined ? ['rowid', key] : ['rowid'];
  const condition = words.slice(words.lastIndexOf('where') + 1);
  return keys.some((one) => [`${one} = new . ${one}`, `new . ${one} = ${one}`].includes(condition.join(' ')));
}
