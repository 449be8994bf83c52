import { archiveName } from '../format/layout.ts';
import type { Shelf } from '../shelf/list-archives.ts';
import { prune, type PruneRequest, type PruneResult } from '../shelf/prune.ts';
import { testMetadata, withMetadata, zip, type TestContent } from './archive.ts';

/** The time at which the tests look at a shelf. */
export const NOW = new Date('2025-09-04T12:00:00Z');

const DAY = 24 * 60 * 60 * 1000;

export const daysAgo = (days: number): Date => new Date(NOW.getTime() - days * DAY);

/** The name of an archive that was begun some days ago. */
export const nameOf = (days: number): string => archiveName(daysAgo(days));

export const PRODUCTION = { name: 'production', location: 'remote' } as const;

/** What tells archives on a shelf apart. */
export interface ShelfContent extends Omit<TestContent, 'photos'> {
  /** The name of its database; `app` where not said otherwise. */
  readonly database?: string;
  readonly hasObjects?: boolean;
  readonly notBefore?: string;
}

/** A small archive, whose SQL nobody reads. */
export const archiveBytes = ({
  database = 'app',
  hasObjects = false,
  notBefore,
  ...content
}: ShelfContent): Promise<Buffer> =>
  zip(
    withMetadata(new Map([['database.sql', Buffer.from('SELECT 1;')]]), {
      ...testMetadata(content),
      notBefore,
      database: {
        binding: 'DB',
        name: database,
        id: null,
        mode: 'online',
        bookmark: null,
        consistent: true,
        tables: [],
      },
      photos: hasObjects ? { bucket: 'photos', prefix: '', objects: [], problems: [] } : undefined,
    }),
  );

/** Archives of production by name, one for each of some days ago; proved where not said otherwise. */
export async function archivesOf(
  days: readonly number[],
  content: ShelfContent = {},
): Promise<Record<string, Buffer>> {
  const pairs = days.map(async (day) => {
    const bytes = await archiveBytes({ environment: PRODUCTION, ...content, startedAt: daysAgo(day) });
    return [nameOf(day), bytes] as const;
  });
  return Object.fromEntries(await Promise.all(pairs));
}

/** What `archivesOf` takes for archives that were not proved. */
export const UNPROVED = { proof: { result: 'skipped', at: null } } as const satisfies TestContent;

/** Prunes production to one archive. */
export const pruneShelf = (shelf: Shelf, request: Partial<PruneRequest> = {}): Promise<PruneResult> =>
  prune({ shelf, environment: 'production', rules: { last: 1 }, dryRun: false, now: NOW, ...request });
