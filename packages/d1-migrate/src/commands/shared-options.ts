import { text } from 'd1-core/command';

export const confirm = text(
  'The name of the database, to confirm a change to a protected environment where nobody can be asked.',
  { priority: 'important' },
);

/** Of what refuses pending migrations for their numbers or names. */
export const startAfter = text(
  'The number or name of a migration: numbers and names of the files up to it are taken as they are. For histories that are already applied with duplicate or missing numbers.',
);
