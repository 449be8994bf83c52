import {
  choice,
  optionalChoice,
  defineGenerator,
  flag,
  generatorOptions,
  neededText,
  text,
  texts,
} from 'd1-core/command';
import { COLUMN_TYPES, TEMPLATES } from '../../migration-template/index.ts';

/**
 * Creates the next migration in the folder of the Worker's wrangler config, and its rollback script, which is proved on a
 * throw-away D1.
 */
export const migrationGenerator = defineGenerator({
  name: 'migration',
  title: 'Create the next migration',
  description: "Creates the next migration in the migrations folder of a Worker's wrangler config.",
  options: {
    name: neededText(
      'What the migration does. Spaces and dashes become underscores; the number is added. The name also decides the template: add_photos_table, add_taken_at_to_photos, rename_a_to_b_in_photos, add_title_index_to_photos, add_photos_search, seed_roles.',
      {
        priority: 'important',
        isPositional: true,
        nx: { 'x-prompt': 'What does the migration do? For example: add_photos_table' },
      },
    ),
    template: optionalChoice(
      TEMPLATES,
      'What the file starts from. Default: what the name says, else blank.',
      {
        priority: 'important',
      },
    ),
    table: text('The table that the migration is about. Default: the one in the name.', {
      priority: 'important',
    }),
    columns: texts(
      'The columns that the migration is about, each as name or name:TYPE, separated by commas. Default: the one in the name.',
      { nx: { alias: 'column', examples: ['title', 'title,size:INTEGER'] } },
    ),
    type: choice(COLUMN_TYPES, 'The type of the columns that name none.', { otherwise: 'TEXT' }),
    newName: text('The new name of a renamed column.'),
    view: text('The name of a new view. Default: the one in the name, else the table followed by _view.'),
    rollback: flag(
      'Write the rollback script too, proved on a throw-away D1. A blank migration has none yet.',
      { otherwise: true },
    ),
    ...generatorOptions,
  },
  examples: [
    { description: 'A new table', words: ['add_photos_table'] },
    {
      description: 'New columns',
      words: ['add_photo_details --template=add-column --table=photos --columns=title,size:INTEGER'],
    },
  ],
  async run(site, options) {
    const { createMigration } = await import('./create-migration.ts');
    return createMigration(site, options);
  },
});
