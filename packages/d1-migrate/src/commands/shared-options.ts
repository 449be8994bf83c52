import { count, text, texts } from 'd1-core/command';

export const confirm = text(
  'The name of the database, to confirm a change to a protected environment where there is no one to ask.',
  { priority: 'important' },
);

/** Of what refuses pending migrations for their numbers or names. */
export const startAfter = text(
  'The number or name of a migration: numbers and names of the files up to it are taken as they are. For histories that are already applied with duplicate or missing numbers.',
);

/** What the deployed code is, and what may become of it. */
export const codeOptions = {
  deployed: texts(
    'A git ref whose code is deployed, beside the commit that "deploy" noted in the journal; several in a gradual deployment. Its queries are compared with the migrations, where d1-queries is installed.',
  ),
  acceptBrokenQueries: count(
    'Accept that so many queries of the deployed code break: the number that the refusal names. The journal notes them.',
  ),
};
