import { countOr, text } from 'd1-core/command';

export const confirm = text(
  'The name of the database, to confirm a change to a protected environment where nobody can be asked.',
  { priority: 'important' },
);

export const timeout = countOr(600, 'Seconds that wrangler may take before it is stopped.');
