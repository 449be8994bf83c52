/** Variables whose values must never be shown. */
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|API_KEY|ACCESS_KEY/i;

/** Shorter values are no secrets, and would mask half of a text. */
const SHORTEST_SECRET = 8;

/** `DB_PASSWORD=password` on a developer's machine: a word, a name or a number, which stands in many texts. */
const isOrdinary = (value: string): boolean =>
  value.length < SHORTEST_SECRET || (value.length < 20 && /^([\p{L}_.-]+|\d+)$/u.test(value));

/**
 * Replaces every secret of the environment, and every bearer token, in a text that people will see. Only for messages:
 * in what is data (rows, SQL, output that is parsed) a masked word is a wrong one.
 */
export function maskSecrets(
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  const secrets = Object.entries(env).flatMap(([name, value]) =>
    SECRET_NAME.test(name) && value !== undefined && !isOrdinary(value) ? [value] : [],
  );
  // The longest first: one secret may be the beginning of another.
  return secrets
    .sort((a, b) => b.length - a.length)
    .reduce((masked, secret) => masked.replaceAll(secret, '[secret]'), text)
    .replace(/\b(bearer\s+)([\w.~+/-]+=*)/gi, (all, bearer: string, token: string) =>
      isOrdinary(token) ? all : `${bearer}[secret]`,
    );
}
