/**
 * A text that a header cannot carry as it is, in the words of RFC 2047, which R2 uses in its S3 interface:
 * https://developers.cloudflare.com/r2/api/s3/extensions/
 */
export function encodeHeaderText(text: string): string {
  if (/^[\x21-\x7e]*$|^[\x21-\x7e][\x20-\x7e]*[\x21-\x7e]$/.test(text) && !text.includes('=?')) return text;
  return `=?UTF-8?B?${Buffer.from(text, 'utf8').toString('base64')}?=`;
}

/** Undoes that; and reads UTF-8 that came byte by byte, as other servers send it. */
export function decodeHeaderText(text: string): string {
  const decoded = text.replaceAll(
    /=\?utf-8\?(b|q)\?([^?]*)\?=(?:\s+(?==\?))?/gi,
    (_, kind: string, word: string) =>
      kind.toLowerCase() === 'b'
        ? Buffer.from(word, 'base64').toString('utf8')
        : Buffer.from(unquote(word), 'latin1').toString('utf8'),
  );
  const isBytes = /[\u0080-\u00ff]/.test(text) && !/[\u0100-\uffff]/.test(text);
  if (decoded !== text || !isBytes) return decoded;
  const utf8 = Buffer.from(text, 'latin1').toString('utf8');
  return utf8.includes('\ufffd') ? text : utf8;
}

const unquote = (word: string): string =>
  word
    .replaceAll('_', ' ')
    .replaceAll(/=([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
