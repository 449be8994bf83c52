import type { Cloud } from '../cloud.ts';
import { ApiError, success } from '../reply.ts';
import type { Route } from '../router.ts';
import { DATABASE } from './databases.ts';

/** Bookmarks, and the way back to one. */
export function timeTravelRoutes({ databases, storage }: Cloud): readonly Route[] {
  const bookmarkAt = async (databaseId: string, timestamp: string | null) => {
    const bookmark = await storage.bookmark(databaseId, readTime(timestamp));
    if (bookmark === undefined) throw new ApiError(400, 7400, `No bookmark is as old as ${timestamp}`);
    return bookmark.id;
  };

  return [
    {
      method: 'GET',
      pattern: `${DATABASE}/time_travel/bookmark`,
      async handle({ param, query }) {
        const { id } = databases.get(param('account'), param('database'));
        return success({ bookmark: await bookmarkAt(id, query.get('timestamp')) });
      },
    },
    {
      method: 'POST',
      pattern: `${DATABASE}/time_travel/restore`,
      async handle({ param, query }) {
        const { id } = databases.get(param('account'), param('database'));
        const bookmark = query.get('bookmark') ?? (await bookmarkAt(id, query.get('timestamp')));
        const restored = await storage.restore(id, bookmark);
        if (restored === undefined) throw new ApiError(400, 7400, `Invalid bookmark: ${bookmark}`);
        return success({
          bookmark,
          previous_bookmark: restored.previous.id,
          message: `Restored to bookmark ${bookmark}`,
        });
      },
    },
  ];
}

function readTime(timestamp: string | null): number | undefined {
  if (timestamp === null) return undefined;
  const time = Date.parse(timestamp);
  if (Number.isNaN(time)) throw new ApiError(400, 7400, 'Invalid property: timestamp => Invalid datetime');
  return time;
}
