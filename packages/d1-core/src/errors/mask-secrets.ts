/** Variables whose values must never be shown. */
const SECRET_NAME = /TOKEN|SECRET|PASSWORD|API_KEY|ACCESS_KEY/i;

/** Shorter values are no secrets, and would mask half of a text. */
const SHORTEST_SECRET = 8;

/** Replaces every secret of the environment, and every bearer token, in a text that people will see. */
export function maskSecrets(
  text: string,
  env: Readonly<Record<string, string | undefined>> = process.env,
): string {
  let masked = text.replace(/\b(bearer\s+)[\w.~+/-]{8,}=*/gi, '$1[secret]');
  for (const [name, value] of Object.entries(env)) {
    if (SECRET_NAME.test(name) && value !== undefined && value.length >= SHORTEST_SECRET) {
      masked = masked.replaceAll(value, '[secret]');
    }
  }
  return masked;
}
