import { isD1Error } from 'd1-core/errors';
import type { Site } from 'd1-core/site';
import { notTakenIn } from '../shared/migrations-folder.ts';

/** Warns of SQL files that look like migrations, and that wrangler would not apply. */
export function notTakenWarnings(site: Site): readonly string[] {
  const warnings = site.findWorkers().flatMap(({ wranglerConfig, environments }) =>
    environments
      .flatMap(({ databases }) => databases)
      .flatMap((database) => {
        try {
          return notTakenIn(site, wranglerConfig, database).map(({ message, fix }) => `${message} ${fix}`);
        } catch (error) {
          if (!isD1Error(error)) throw error;
          return [`${error.message} ${error.fix}`];
        }
      }),
  );
  return [...new Set(warnings)];
}
