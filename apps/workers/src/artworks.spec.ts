import { answer, errorAnswer, startTestWorker, type TestWorker } from './testing/test-worker.ts';

const artwork = (id: string, title: string, latitude: number, longitude: number) => ({
  id,
  title,
  description: null,
  address: null,
  latitude,
  longitude,
  createdAt: '2025-09-01 08:00:00',
  updatedAt: '2025-09-02 08:00:00',
});

const FISH = artwork('a-1', 'Fish', 49.25, -123.1);
const WHALE = artwork('a-2', 'Whale "Ōtepoti" 🐋', -45.87, 170.5);
const GATE = artwork('a-3', 'Gate', 0, 180);

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await worker.migrate();
  const { DB } = worker.env;
  const insert = DB.prepare(
    `INSERT INTO artworks (id, title, latitude, longitude, status, created_at, updated_at)
     VALUES (?, ?, ?, ?, ?, '2025-09-01 08:00:00', '2025-09-02 08:00:00')`,
  );
  await DB.batch([
    ...[FISH, WHALE, GATE].map(({ id, title, latitude, longitude }) =>
      insert.bind(id, title, latitude, longitude, 'published'),
    ),
    insert.bind('draft', 'Draft', 0, 0, 'draft'),
    insert.bind('removed', 'Removed', 0, 0, 'removed'),
    DB.prepare("INSERT INTO artists (id, name) VALUES ('p-1', 'Zoe'), ('p-2', 'Ana')"),
    DB.prepare("INSERT INTO artwork_artists (artwork_id, artist_id) VALUES ('a-1', 'p-1')"),
    DB.prepare(
      "INSERT INTO artwork_artists (artwork_id, artist_id, role) VALUES ('a-1', 'p-2', 'commissioner')",
    ),
    DB.prepare("INSERT INTO tags (id, name) VALUES ('t-1', 'mural'), ('t-2', 'animal')"),
    DB.prepare(
      "INSERT INTO artwork_tags (artwork_id, tag_id) VALUES ('a-1', 't-1'), ('a-1', 't-2'), ('a-2', 't-2')",
    ),
    DB.prepare(
      `INSERT INTO photos (id, artwork_id, original_key, content_type, byte_size)
       VALUES ('f-1', 'a-1', 'originals/f-1.jpg', 'image/jpeg', 3)`,
    ),
  ]);
});
afterAll(() => worker.stop());

const list = (query: string) => answer(worker.fetch(`/artworks${query}`));

describe('GET /artworks', () => {
  it('lists what is published, and neither drafts nor removed artworks', async () => {
    expect(await list('')).toEqual({
      status: 200,
      body: { artworks: [FISH, WHALE, GATE], nextCursor: null },
    });
  });

  it('gives every artwork once, page by page', async () => {
    expect(await list('?limit=2')).toMatchObject({ body: { artworks: [FISH, WHALE], nextCursor: 'a-2' } });
    expect(await list('?limit=2&cursor=a-2')).toMatchObject({ body: { artworks: [GATE], nextCursor: null } });
  });

  it('has no next page when the last one is exactly full', async () => {
    expect(await list('?limit=3')).toMatchObject({ body: { nextCursor: null } });
  });

  it('ends after the last cursor', async () => {
    expect(await list('?cursor=zzz')).toEqual({ status: 200, body: { artworks: [], nextCursor: null } });
  });

  it.each([
    ['?tag=animal', ['a-1', 'a-2']],
    ['?tag=mural', ['a-1']],
    ['?tag=nothing', []],
    ["?tag=' OR 1=1 --", []],
    ['?bbox=-124,49,-123,50', ['a-1']],
    ['?bbox=180,0,180,0', ['a-3']],
    ['?bbox=-180,-90,180,90', ['a-1', 'a-2', 'a-3']],
    ['?bbox=-180,-90,180,90&tag=animal&limit=1&cursor=a-1', ['a-2']],
  ])('filters by %s', async (query, ids) => {
    expect(await list(query)).toMatchObject({ status: 200, body: { artworks: ids.map((id) => ({ id })) } });
  });

  it.each(['0', '101', '-1', '1.5', '1e1', 'ten', ' 5', '99999999999999999999'])(
    'refuses the limit "%s"',
    async (limit) => {
      expect(await list(`?limit=${encodeURIComponent(limit)}`)).toEqual(
        errorAnswer(400, 'invalid-query', `"limit" must be a whole number from 1 to 100, and is "${limit}".`),
      );
    },
  );

  it.each(['1,2,3', '1,2,3,4,5', '1,,3,4', 'a,b,c,d', 'NaN,0,1,1', '0,0,Infinity,1', '0x1,0,2,2'])(
    'refuses the bounding box "%s"',
    async (box) => {
      expect(await list(`?bbox=${box}`)).toEqual(
        errorAnswer(
          400,
          'invalid-query',
          `"bbox" must be four numbers, west,south,east,north, and is "${box}".`,
        ),
      );
    },
  );

  it.each(['-181,0,0,0', '0,0,180.5,0', '0,-91,0,0', '0,0,0,91'])(
    'refuses %s, a bounding box that leaves the earth',
    async (box) => {
      expect(await list(`?bbox=${box}`)).toEqual(
        errorAnswer(400, 'invalid-query', '"bbox" must lie within -180,-90,180,90.'),
      );
    },
  );

  it.each(['10,0,-10,1', '0,50,1,49'])('refuses %s, a bounding box with its sides swapped', async (box) => {
    expect(await list(`?bbox=${box}`)).toEqual(
      errorAnswer(
        400,
        'invalid-query',
        '"bbox" must be west,south,east,north, with west <= east and south <= north.',
      ),
    );
  });

  it.each([
    ['?tags=mural', 'There is no parameter "tags". The parameters are limit, cursor, tag, bbox.'],
    ['?__proto__=1', 'There is no parameter "__proto__". The parameters are limit, cursor, tag, bbox.'],
    ['?tag=a&tag=b', 'The parameter "tag" is given 2 times.'],
    ['?cursor=', 'The parameter "cursor" is empty.'],
    ['?limit', 'The parameter "limit" is empty.'],
  ])('refuses %s', async (query, message) => {
    expect(await list(query)).toEqual(errorAnswer(400, 'invalid-query', message));
  });
});

describe('GET /artworks/:id', () => {
  it('shows an artwork with its artists, tags and photos', async () => {
    expect(await list('/a-1')).toEqual({
      status: 200,
      body: {
        ...FISH,
        artists: [
          { id: 'p-2', name: 'Ana', role: 'commissioner' },
          { id: 'p-1', name: 'Zoe', role: 'artist' },
        ],
        tags: ['animal', 'mural'],
        photos: [{ originalKey: 'originals/f-1.jpg', thumbnailKey: null, caption: null }],
      },
    });
  });

  it('shows an artwork that has none of them', async () => {
    expect(await list('/a-3')).toEqual({ status: 200, body: { ...GATE, artists: [], tags: [], photos: [] } });
  });

  it.each([
    ['nope', 'nope'],
    ['draft', 'draft'],
    ['removed', 'removed'],
    ["'%20OR%201=1", "' OR 1=1"],
    ['%00', '\0'],
    ['%ff', '%ff'],
    ['a-1%2F..', 'a-1/..'],
  ])('has no artwork "%s"', async (path, id) => {
    expect(await list(`/${path}`)).toEqual(
      errorAnswer(404, 'artwork-not-found', `There is no artwork "${id}".`),
    );
  });
});
