/**
 * The JSON document in wrangler's standard output. Blank and progress lines may stand before it, so it begins at the
 * first line that starts with a bracket. Undefined when there is none.
 */
export function readJson(stdout: string): unknown {
  const start = stdout.search(/^[[{]/m);
  if (start === -1) return undefined;
  try {
    return JSON.parse(stdout.slice(start));
  } catch {
    return undefined; // Cut off, or log text that looks like JSON: the caller reports the whole output.
  }
}
