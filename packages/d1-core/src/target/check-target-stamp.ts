import { checkStamp } from '../history/index.ts';
import type { Target } from './target.ts';

/** Refuses a database whose stamp is of another environment than the target's. Throws D1Error `wrong-environment`. */
export function checkTargetStamp({ environment, database }: Target, stamp: string | undefined): void {
  checkStamp(stamp, environment.name, database.databaseName ?? database.binding);
}
