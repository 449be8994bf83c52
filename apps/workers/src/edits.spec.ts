import { answer, errorAnswer, startTestWorker, type TestWorker } from './testing/test-worker.ts';

let worker: TestWorker;

beforeAll(async () => {
  worker = await startTestWorker();
  await worker.migrate();
  await worker.env.DB.batch([
    worker.env.DB.prepare(
      `INSERT INTO artworks (id, title, description, latitude, longitude, status)
       VALUES ('a-1', 'Fish', 'A fish.', 49, -123, 'published'), ('draft', 'Draft', NULL, 0, 0, 'draft')`,
    ),
  ]);
});
afterEach(() => worker.env.DB.exec('DELETE FROM artwork_edits'));
afterAll(() => worker.stop());

const post = (body: string | Uint8Array, contentType = 'application/json', id = 'a-1') =>
  answer(
    worker.fetch(`/artworks/${id}/edits`, {
      method: 'POST',
      body,
      headers: { 'content-type': contentType },
    }),
  );

const propose = (body: unknown, id?: string) => post(JSON.stringify(body), 'application/json', id);

const recordedEdits = async () =>
  (await worker.env.DB.prepare('SELECT * FROM artwork_edits').all<Record<string, unknown>>()).results;

describe('POST /artworks/:id/edits', () => {
  it.each([
    ['title', 'Fish'],
    ['description', 'A fish.'],
    ['address', null],
  ])('records a new %s as pending, beside what the artwork says now', async (field, oldValue) => {
    expect(await propose({ field, value: '  Fisch 🐟\n', comment: "It's German" })).toEqual({
      status: 201,
      body: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        artworkId: 'a-1',
        field,
        oldValue,
        newValue: 'Fisch 🐟',
        comment: "It's German",
        status: 'pending',
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/),
      },
    });
    expect(await recordedEdits()).toMatchObject([
      { artwork_id: 'a-1', field_name: field, new_value: 'Fisch 🐟', status: 'pending', user_id: null },
    ]);
  });

  it('changes nothing in the artwork itself', async () => {
    await propose({ field: 'title', value: 'Other' });
    const title = await worker.env.DB.prepare("SELECT title FROM artworks WHERE id = 'a-1'").first('title');
    expect(title).toBe('Fish');
  });

  it('takes JSON with a charset, and text of the full length', async () => {
    const body = JSON.stringify({ field: 'title', value: 'é'.repeat(200) });
    expect(await post(body, 'Application/JSON; charset=utf-8')).toMatchObject({
      status: 201,
      body: { newValue: 'é'.repeat(200), comment: null },
    });
  });

  it.each(['nope', 'draft'])('has no artwork "%s" to edit', async (id) => {
    expect(await propose({ field: 'title', value: 'New' }, id)).toEqual(
      errorAnswer(404, 'artwork-not-found', `There is no artwork "${id}".`),
    );
    expect(await recordedEdits()).toEqual([]);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/jsonp', 'nonsense'])(
    'refuses the content type %s',
    async (contentType) => {
      expect(await post('{"field":"title","value":"New"}', contentType)).toEqual(
        errorAnswer(415, 'not-json', 'The body must be JSON, sent with "Content-Type: application/json".'),
      );
    },
  );

  it('refuses a request without a body', async () => {
    expect(await answer(worker.fetch('/artworks/a-1/edits', { method: 'POST' }))).toMatchObject({
      status: 415,
    });
  });

  it.each(['', '{', "{'field': 'title'}", 'field=title', new Uint8Array([0xff, 0x00])])(
    'refuses the malformed body %p',
    async (body) => {
      expect(await post(body)).toEqual(
        errorAnswer(400, 'malformed-json', 'The body is not well-formed JSON.'),
      );
    },
  );

  it.each(['null', '[]', '1', '"title"'])('refuses %s, which is no object', async (body) => {
    expect(await post(body)).toEqual(
      errorAnswer(
        400,
        'invalid-edit',
        'The body must be a JSON object such as {"field": "title", "value": "The new title"}.',
      ),
    );
  });

  it.each([{}, { field: 'status' }, { field: 'toString' }, { field: 1 }, { field: ['title'] }])(
    'refuses %j, which names no field that can be edited',
    async (body) => {
      expect(await propose({ ...body, value: 'New' })).toEqual(
        errorAnswer(400, 'invalid-edit', '"field" must be one of title, description, address.'),
      );
    },
  );

  it.each([undefined, null, 7, '', '   ', 'x'.repeat(201), ['New']])(
    'refuses the value %j',
    async (value) => {
      expect(await propose({ field: 'title', value })).toEqual(
        errorAnswer(400, 'invalid-edit', '"value" must be a text of 1 to 200 characters.'),
      );
    },
  );

  it.each([null, 7, '', 'x'.repeat(1001)])('refuses the comment %j', async (comment) => {
    expect(await propose({ field: 'title', value: 'New', comment })).toEqual(
      errorAnswer(400, 'invalid-edit', '"comment" must be a text of 1 to 1000 characters.'),
    );
  });

  it.each(['a\0b', 'a\u001bb', 'a\ud800b'])(
    'refuses %j, text that the database would not keep',
    async (value) => {
      expect(await propose({ field: 'title', value })).toEqual(
        errorAnswer(
          400,
          'invalid-edit',
          '"value" must not contain control characters or half a surrogate pair.',
        ),
      );
    },
  );

  it.each(['status', '__proto__'])('refuses the property "%s"', async (name) => {
    expect(await post(`{"field":"title","value":"New","${name}":"approved"}`)).toEqual(
      errorAnswer(
        400,
        'invalid-edit',
        `There is no property "${name}". The properties are field, value and comment.`,
      ),
    );
  });

  it('refuses a body that is too large', async () => {
    expect(await post('x'.repeat(70_000))).toEqual(
      errorAnswer(413, 'body-too-large', 'The body must not be larger than 65536 bytes.'),
    );
  });
});
