/**
 * How often a test with random input runs: the same inputs with each `npm test`, and many more others with
 * `npm run soak`, which prints the seed. Where an input takes long, a soak takes `soaked` of them for each of its runs instead. To see
 * a failure again, set D1_FUZZ_SEED to its seed.
 */
export function fuzzRuns(
  numRuns: number,
  soaked = numRuns,
): { readonly numRuns: number; readonly seed: number } {
  const soakRuns = process.env['D1_SOAK_RUNS'];
  const given = process.env['D1_FUZZ_SEED'];
  const runs = soakRuns === undefined ? numRuns : soaked * Number(soakRuns);
  if (given !== undefined) return { numRuns: runs, seed: Number(given) };
  if (soakRuns === undefined) return { numRuns: runs, seed: 1 };
  const seed = Math.floor(Math.random() * 2 ** 31);
  process.stdout.write(`D1_FUZZ_SEED=${seed}, ${runs} inputs\n`);
  return { numRuns: runs, seed };
}
