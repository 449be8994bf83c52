import { Hono, type HonoRequest } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { ApiError } from './api-error.ts';
import { artworkNotFound } from './artworks.ts';
import { parseEditProposal, type EditProposal } from './edit-proposal.ts';
import type { AppEnv } from './env.ts';

const MAX_BODY_BYTES = 64 * 1024;

const limitBody = bodyLimit({
  maxSize: MAX_BODY_BYTES,
  onError: () => {
    throw new ApiError(413, 'body-too-large', `The body must not be larger than ${MAX_BODY_BYTES} bytes.`);
  },
});

export const edits = new Hono<AppEnv>().post('/:id/edits', limitBody, async (context) => {
  const id = context.req.param('id');
  const proposal = parseEditProposal(await readJson(context.req));
  const edit = await recordEdit(context.env.DB, id, proposal);
  if (edit === null) throw artworkNotFound(id);
  return context.json(edit, 201);
});

interface Edit {
  readonly id: string;
  readonly artworkId: string;
  readonly field: string;
  /** What the artwork said when the edit was proposed. */
  readonly oldValue: string | null;
  readonly newValue: string;
  readonly comment: string | null;
  readonly status: string;
  readonly createdAt: string;
}

async function readJson(request: HonoRequest): Promise<unknown> {
  const mediaType = request.header('content-type')?.split(';')[0]?.trim().toLowerCase();
  if (mediaType !== 'application/json') {
    throw new ApiError(415, 'not-json', 'The body must be JSON, sent with "Content-Type: application/json".');
  }
  const text = await request.text();
  try {
    return JSON.parse(text);
  } catch {
    throw new ApiError(400, 'malformed-json', 'The body is not well-formed JSON.');
  }
}

/** Null when there is no such artwork: asking and recording are one statement, so nothing can come between. */
async function recordEdit(
  database: D1Database,
  artworkId: string,
  proposal: EditProposal,
): Promise<Edit | null> {
  return database
    .prepare(
      `INSERT INTO artwork_edits (id, artwork_id, field_name, old_value, new_value, comment)
       SELECT ?1, id, ?2, CASE ?2 WHEN 'title' THEN title WHEN 'description' THEN description ELSE address END, ?3, ?4
       FROM artworks WHERE id = ?5 AND status = 'published'
       RETURNING id, artwork_id AS artworkId, field_name AS field, old_value AS oldValue, new_value AS newValue,
         comment, status, created_at AS createdAt`,
    )
    .bind(crypto.randomUUID(), proposal.field, proposal.value, proposal.comment, artworkId)
    .first<Edit>();
}
