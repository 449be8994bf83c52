import { countOr, flag, path, text } from 'd1-core/command';

/** Which fleet is meant, and how it is asked. */
export const fleetOptions = {
  match: text('The fleet: the databases of the account whose names match this glob.', {
    priority: 'important',
  }),
  list: path('The fleet: a list of databases', {
    more: 'CSV with a header, a JSON array or JSON lines, with database_id, name and wave.',
    priority: 'important',
  }),
  query: text('The fleet: a SELECT on the database of the target that returns database_id, name and wave.', {
    priority: 'important',
  }),
  sample: countOr(
    20,
    'Databases that are asked whether what was last seen of them is still so, before it is believed of the others.',
  ),
  full: flag('Ask every database.'),
  concurrency: countOr(8, 'Databases that are worked on at a time.', { maximum: 64 }),
  share: countOr(80, "The percentage of Cloudflare's limit of 1,200 requests in five minutes that is used.", {
    maximum: 100,
  }),
};
