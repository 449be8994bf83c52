import { defineGenerator, flag, generatorOptions, text } from 'd1-core/command';

const important = { priority: 'important' } as const;

/** Writes the rollback scripts that are missing, each proved on workerd. Reads no database. */
export const rollbackScriptGenerator = defineGenerator({
  name: 'rollback-script',
  title: 'Write and prove the rollback scripts',
  description:
    'Writes migrations/rollback/<same name> for one migration, or for all that have none: found from the schema before and after it, and proved on a throw-away D1 with rows. A script that you wrote yourself is proved too, and gets its header.',
  options: {
    migration: text('The number or name of the migration. All without a script when it is left out.', {
      ...important,
      isPositional: true,
    }),
    overwrite: flag('Write a new script also where there is one.', important),
    capture: flag(
      'Make the migration keep the rows that its UPDATEs and DELETEs change, in tables of its own, so that they can be brought back. Only for a migration that is applied nowhere.',
      important,
    ),
    ...generatorOptions,
  },
  examples: [
    { description: 'Write all rollback scripts that are missing' },
    { description: 'Write, or prove and sign, the script of one migration', words: ['0007'] },
    { description: 'Make an UPDATE or DELETE reversible', words: ['0007 --capture'] },
  ],
  async run(site, options) {
    const { writeScripts } = await import('./write-scripts.ts');
    return writeScripts(site, options);
  },
});
