/**
 * Nx sets FORCE_COLOR for its tasks unasked, and where NO_COLOR is set too, Node warns in the output of each that it ignores
 * NO_COLOR. So FORCE_COLOR is set to none before. A daemon has the variables of whoever started it, not those of the run:
 * there nothing is done.
 */
export function keepNoColor(env: NodeJS.ProcessEnv = process.env): void {
  const isDaemon = env['NX_DAEMON'] !== 'false' && (env['CI'] ?? 'false') === 'false';
  if (!isDaemon && (env['NO_COLOR'] ?? '') !== '') env['FORCE_COLOR'] ??= '0';
}
