/**
 * The Worker that works on the databases and buckets. Each is bound under its own id.
 *
 * `env.<id>.fetcher` is the service behind a D1 binding. It gives what the binding's methods throw away: columns and
 * the meta of each statement, for many statements in one transaction.
 */
export const workerScript = `
  export default {
    async fetch(request, env) {
      const url = new URL(request.url);
      const [, kind, id] = url.pathname.split("/").map(decodeURIComponent);
      try {
        if (kind === "d1") return await query(env[id], request);
        if (kind === "list") return await list(env[id], url.searchParams);
        return await object(env[id], url.searchParams.get("key"), request);
      } catch (error) {
        return Response.json({ error: error.message }, { status: 500 });
      }
    },
  };

  async function query(database, request) {
    const url = "http://d1/query?resultsFormat=ROWS_AND_COLUMNS";
    const response = await database.fetcher.fetch(url, { method: "POST", body: request.body });
    if (response.ok) return response;
    // What the dump throws comes as text, with a stack.
    const [message] = (await response.text()).split("\\n");
    throw new Error(message.replace(/^Error: /, ""));
  }

  async function list(bucket, search) {
    const page = await bucket.list({
      include: ["httpMetadata", "customMetadata"],
      limit: Number(search.get("limit")),
      prefix: search.get("prefix") ?? undefined,
      cursor: search.get("cursor") ?? undefined,
      delimiter: search.get("delimiter") ?? undefined,
      startAfter: search.get("startAfter") ?? undefined,
    });
    return Response.json({ ...page, objects: page.objects.map(describe) });
  }

  async function object(bucket, key, request) {
    if (request.method === "PUT") {
      return Response.json(describe(await bucket.put(key, await request.arrayBuffer(), { httpMetadata: request.headers })));
    }
    if (request.method === "DELETE") {
      await bucket.delete(key);
      return new Response(null);
    }
    const found = await bucket.get(key);
    if (found === null) return new Response(null, { status: 404 });
    const headers = new Headers({ etag: found.httpEtag, "last-modified": found.uploaded.toUTCString() });
    found.writeHttpMetadata(headers);
    // Apart from the headers of this answer, which belong to the connection: workerd may compress it.
    const metadata = encodeURIComponent(JSON.stringify([...headers]));
    return new Response(found.body, { headers: { "content-type": "application/octet-stream", "x-metadata": metadata } });
  }

  const describe = ({ key, etag, version, size, uploaded, httpMetadata, customMetadata, storageClass }) => ({
    key,
    etag,
    version,
    size,
    last_modified: uploaded.toISOString(),
    http_metadata: httpMetadata ?? {},
    custom_metadata: customMetadata ?? {},
    storage_class: storageClass ?? "Standard",
  });
`;
