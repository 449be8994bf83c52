/** Carries what R2 knows of an object, as JSON in percent-encoding. */
export const OBJECT_HEADER = 'x-object';

/**
 * The Worker that gives a local bucket an HTTP interface: `/<secret>/list`, `get` and `put`. Keys are in the query,
 * because the path of a URL loses `..` and doubled slashes. The secret keeps other users of the machine away.
 */
export const bucketWorker = (secret: string): string => `
  const head = ({ etag, size, httpMetadata = {}, customMetadata = {} }) => encodeURIComponent(JSON.stringify({
    etag, size, metadata: { ...httpMetadata, custom: customMetadata },
  }));

  const actions = {
    async list({ prefix, cursor }, bucket) {
      const page = await bucket.list({ prefix, cursor });
      const objects = page.objects.map(({ key, etag, size }) => ({ key, etag, size }));
      return Response.json({ objects, cursor: page.truncated ? page.cursor : undefined });
    },
    async get({ key, etag, from }, bucket) {
      const onlyIf = etag === undefined ? undefined : { etagMatches: etag };
      const range = from === "0" ? undefined : { offset: Number(from) };
      const object = await bucket.get(key, { onlyIf, range });
      if (object === null) return new Response("no such object", { status: 404 });
      if (object.body === undefined) return new Response("another ETag", { status: 412 });
      return new Response(object.body, { headers: { "${OBJECT_HEADER}": head(object) } });
    },
    async put({ key }, bucket, request) {
      const { custom: customMetadata, cacheExpiry, ...rest } = JSON.parse(
        decodeURIComponent(request.headers.get("${OBJECT_HEADER}")),
      );
      const httpMetadata = cacheExpiry === undefined ? rest : { ...rest, cacheExpiry: new Date(cacheExpiry) };
      const empty = request.headers.get("content-length") === "0";
      const object = await bucket.put(key, empty ? new Uint8Array() : request.body, { httpMetadata, customMetadata });
      return new Response(null, { headers: { "${OBJECT_HEADER}": head(object) } });
    },
  };

  export default {
    async fetch(request, env) {
      const url = new URL(request.url);
      const [, secret, action] = url.pathname.split("/");
      if (secret !== "${secret}") return new Response(null, { status: 404 });
      try {
        return await actions[action](Object.fromEntries(url.searchParams), env.BUCKET, request);
      } catch (error) {
        return new Response(error.message, { status: 400 });
      }
    },
  };
`;
