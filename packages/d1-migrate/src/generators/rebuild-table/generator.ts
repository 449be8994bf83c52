import { defineGenerator, generatorOptions, neededText, text, texts } from 'd1-core/command';

const important = { priority: 'important' } as const;

/** Writes the migration that rebuilds a table without losing a row, and its rollback script. */
export const rebuildTableGenerator = defineGenerator({
  name: 'rebuild-table',
  title: 'Rebuild a table without losing a row',
  description:
    'Writes a migration that rebuilds a table, with every table that references it, its indexes, triggers and views. Rehearsed on a throw-away D1 with rows before it is written.',
  options: {
    table: neededText('The table.', {
      ...important,
      isPositional: true,
      nx: { 'x-prompt': 'Which table is to be rebuilt?' },
    }),
    name: text('What the migration does, for its file name. Default: rebuild_<table>.'),
    drop: texts('Columns that go, with their values.', important),
    rename: texts('Columns that get another name, each as old:new.'),
    retype: texts('Columns that get another type, each as column:TYPE.', important),
    notNull: texts(
      'Columns that take no NULL any more. NULL becomes the default of the column, or an empty value.',
      important,
    ),
    nullable: texts('Columns that take NULL from now on.'),
    setDefault: text('A new default, as column:expression.'),
    dropDefault: texts('Columns that lose their default.'),
    addCheck: text('The expression of a new CHECK.'),
    dropCheck: texts('Columns whose CHECKs go, and those of the table that name them.'),
    addForeignKey: texts(
      'New foreign keys, each as column:parent.column, followed by :CASCADE or another action.',
      important,
    ),
    dropForeignKey: texts('Columns whose foreign keys go.'),
    ...generatorOptions,
  },
  examples: [
    { description: 'Set NOT NULL on a column', words: ['lists --notNull=title'] },
    {
      description: 'Add a foreign key, and change a type',
      words: ['entries --addForeignKey=list_id:lists.id:CASCADE --retype=size:INTEGER'],
    },
  ],
  async run(site, options) {
    const { createRebuild } = await import('./create-rebuild.ts');
    return createRebuild(site, options);
  },
});
