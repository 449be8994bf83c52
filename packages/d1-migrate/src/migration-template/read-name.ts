import { commandLine } from 'd1-core/door';
import { D1Error } from 'd1-core/errors';
import type { Subject, Template } from './templates.ts';

/** A name that is the same on every file system and in every shell: `Add photos-table` becomes `add_photos_table`. */
export function safeName(name: string): string {
  const safe = name
    .trim()
    .replace(/\.sql$/i, '')
    .replaceAll(/[\s_-]+/g, '_')
    .replaceAll(/^_|_$/g, '')
    .toLowerCase();
  if (/^[a-z][a-z0-9_]*$/.test(safe)) return safe;
  throw new D1Error({
    code: 'unsafe-migration-name',
    message: `${JSON.stringify(name)} cannot be made the name of a migration.`,
    fix:
      'Say what it does in letters a to z, digits, spaces, "-" and "_", beginning with a letter: ' +
      `${commandLine('d1-migrate:migration', 'add_photos_table')}. The number is added for you.`,
    exitCode: 2,
  });
}

/** `add_photos_table` as a heading: `Add photos table`. */
export const headingOf = (name: string): string =>
  (name.charAt(0).toUpperCase() + name.slice(1)).replaceAll('_', ' ');

/** The first that fits counts. The groups are the parts of the subject. */
const PATTERNS: readonly (readonly [RegExp, Template])[] = [
  [/^(?:add|create)_unique_index_(?:on|to)_(?<table>.+)$/, 'add-unique-index'],
  [/^(?:add|create)_unique_(?<column>.+)_index_(?:on|to)_(?<table>.+)$/, 'add-unique-index'],
  [/^(?:add|create)_(?:(?<column>.+)_)?index_(?:on|to)_(?<table>.+)$/, 'add-index'],
  [/^rename_(?<column>.+?)_to_(?<newName>.+?)_(?:in|on)_(?<table>.+)$/, 'rename-column'],
  [/^(?:add|create)_(?<view>.+)_view$/, 'create-view'],
  [/^(?:add|create)_(?<table>.+)_trigger$/, 'create-trigger'],
  [/^(?:add|create)_(?<table>.+?)_(?:full_text_)?search$/, 'full-text-search'],
  [/^seed_(?<table>.+)$/, 'reference-data'],
  [/^rebuild_(?<table>.+?)(?:_table)?$/, 'rebuild-table'],
  [/^create_table_(?<table>.+)$/, 'create-table'],
  [/^(?:add|create)_(?<table>.+)_table$/, 'create-table'],
  [/^add_(?<column>.+?)_to_(?<table>.+)$/, 'add-column'],
  [/^create_(?<table>.+)$/, 'create-table'],
];

/** What a name says of the migration, as in Rails: `add_taken_at_to_photos`, `create_photos`. `blank` if nothing. */
export function readName(name: string): { readonly template: Template; readonly subject: Subject } {
  for (const [pattern, template] of PATTERNS) {
    const groups = pattern.exec(name)?.groups;
    if (groups === undefined) continue;
    const { table, column, newName, view } = groups;
    return {
      template,
      subject: { table, newName, view, ...(column === undefined ? {} : { columns: [column] }) },
    };
  }
  return { template: 'blank', subject: {} };
}
