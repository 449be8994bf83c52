/**
 * How often a test with random input runs: the same inputs with each `npm test`, and many more others with
 * `npm run soak`, which prints the seed. To see a failure again, set D1_FUZZ_SEED to it.
 */
export function fuzzRuns(numRuns: number): { readonly numRuns: number; readonly seed: number } {
  const factor = Number(process.env['D1_SOAK_RUNS'] ?? 1);
  const given = process.env['D1_FUZZ_SEED'];
  if (given !== undefined) return { numRuns: numRuns * factor, seed: Number(given) };
  if (factor === 1) return { numRuns, seed: 1 };
  const seed = Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`D1_FUZZ_SEED=${seed}, ${numRuns * factor} inputs\n`);
  return { numRuns: numRuns * factor, seed };
}
