export type DatabaseIdProblem = 'missing' | 'placeholder' | 'invalid';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
const placeholderWords =
  /\b(?:your|my|todo|tbd|fixme|changeme|change|replace|insert|paste|fill|placeholder|example|dummy|database|uuid|id|here|none|null|undefined|unset)\b/;

/** What is wrong with a `database_id` as the id of a real D1 database, which is always a UUID. */
export function databaseIdProblem(id: string | undefined): DatabaseIdProblem | undefined {
  if (id === undefined || id.trim() === '') return 'missing';
  if (isPlaceholder(id)) return 'placeholder';
  return uuid.test(id) ? undefined : 'invalid';
}

/** Text that templates and tutorials put where an id belongs: xxxx, <your-id>, ${DB_ID}, TODO, all zeros. */
function isPlaceholder(id: string): boolean {
  if (/^(.)\1*$/.test(id.replaceAll('-', '')) && !/^[1-9a-f]/i.test(id)) return true;
  if (uuid.test(id)) return false;
  return /[<>{}$…]/.test(id) || placeholderWords.test(id.toLowerCase().replaceAll('_', '-'));
}
