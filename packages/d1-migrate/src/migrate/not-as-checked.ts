import { D1Error } from 'd1-core/errors';
import type { MigrationFile } from 'd1-core/migrations';
import type { Survey } from '../status/index.ts';
import type { PrivateCopy } from './private-copy.ts';
import { wayBackOf, type WayBack } from './lost-rows.ts';

type Held = ReturnType<PrivateCopy['checksums']>;

/** The migrations that were not, when wrangler had read them, what they were when they were checked. */
export const swappedFiles = (
  { checksumsOf }: Survey,
  pending: readonly MigrationFile[],
  held: Held,
): readonly string[] =>
  pending
    .map(({ name }) => name)
    .filter((name) => held.has(name) && held.get(name)?.raw !== checksumsOf(name).raw)
    .map((name) => `${name} was changed while wrangler read it, so it is not what was checked that ran.`);

/** Something else was done than what was checked; undefined where nothing was. `deviations` are sentences. */
export function notAsCheckedError(
  { target }: Survey,
  deviations: readonly string[],
  wayBack: WayBack,
): D1Error | undefined {
  if (deviations.length === 0) return undefined;
  return new D1Error({
    code: 'not-as-checked',
    message: deviations.join(' '),
    fix: wayBackOf(target, wayBack),
    notes: [
      'The target "status" shows which migrations are in the history now, and with --history what the journal says of them.',
    ],
  });
}
