import { D1Error } from 'd1-core/errors';

/** The edits as options give them. */
export interface EditOptions {
  /** Each as `from:to`. */
  readonly rename?: readonly string[] | undefined;
  readonly drop?: readonly string[] | undefined;
  /** Each as `column:TYPE`. */
  readonly retype?: readonly string[] | undefined;
  readonly notNull?: readonly string[] | undefined;
  readonly nullable?: readonly string[] | undefined;
  /** `column:expression`. */
  readonly setDefault?: string | undefined;
  readonly dropDefault?: readonly string[] | undefined;
  /** The expression of a new CHECK. */
  readonly addCheck?: string | undefined;
  /** Columns whose CHECKs go, and those of the table that name them. */
  readonly dropCheck?: readonly string[] | undefined;
  /** Each as `column:parent.column` or `column:parent.column:ACTION`. */
  readonly addForeignKey?: readonly string[] | undefined;
  /** Columns whose foreign keys go. */
  readonly dropForeignKey?: readonly string[] | undefined;
}

/** Reads options into edits. Throws D1Error `unreadable-edit` for one that is not written as it has to be. */
export const readEdits = (options: EditOptions) => ({
  renameColumns: (options.rename ?? []).map((text) => {
    const [from, to] = pair(text, '--rename=old_name:new_name');
    return { from, to };
  }),
  dropColumns: options.drop ?? [],
  types: (options.retype ?? []).map((text) => {
    const [column, type] = pair(text, '--retype=column:INTEGER');
    return { column, type };
  }),
  notNull: options.notNull ?? [],
  nullable: options.nullable ?? [],
  setDefault: options.setDefault === undefined ? undefined : readDefault(options.setDefault),
  dropDefaults: options.dropDefault ?? [],
  addCheck: options.addCheck,
  dropChecks: options.dropCheck ?? [],
  addForeignKeys: (options.addForeignKey ?? []).map(readForeignKey),
  dropForeignKeys: options.dropForeignKey ?? [],
});

/** What is changed of a table when it is rebuilt. Names are as in the database, not quoted. */
export type TableEdits = ReturnType<typeof readEdits>;

export const NO_EDITS: TableEdits = readEdits({});

function readDefault(text: string): { readonly column: string; readonly expression: string } {
  const [column, expression] = pair(text, `--setDefault="column:'a value'"`);
  return { column, expression };
}

/** What stands before and after the first colon. */
function pair(text: string, form: string): readonly [string, string] {
  const [, first, second] = /^\s*([^:]+?)\s*:\s*([\s\S]+?)\s*$/.exec(text) ?? [];
  if (first === undefined || second === undefined) throw unreadable(text, form);
  return [first, second];
}

const ACTIONS = ['NO ACTION', 'RESTRICT', 'SET NULL', 'SET DEFAULT', 'CASCADE'];
const FOREIGN_KEY = '--addForeignKey=column:parent.column or --addForeignKey=column:parent.column:CASCADE';

function readForeignKey(text: string) {
  const [, column, parent, parentColumn, action = 'NO ACTION'] =
    /^\s*([^:]+?)\s*:\s*([^:.]+)\.([^:.]+?)\s*(?::\s*([a-z _-]+?)\s*)?$/i.exec(text) ?? [];
  const onDelete = ACTIONS.find((known) => known === action.toUpperCase().replaceAll(/[_-]/g, ' '));
  if (column === undefined || parent === undefined || parentColumn === undefined || onDelete === undefined) {
    throw unreadable(text, FOREIGN_KEY);
  }
  return { column, parent, parentColumn, onDelete };
}

const unreadable = (text: string, form: string): D1Error =>
  new D1Error({
    code: 'unreadable-edit',
    message: `${JSON.stringify(text)} does not say what is to change.`,
    fix: `Write ${form}.`,
    exitCode: 2,
  });
