/**
 * When a run is ended, as parts of its time: `count` moments, the same with each `npm test`. `npm run soak` takes others by
 * chance, as many as it is told, and the name of each test says which.
 */
export function moments(count: number): readonly number[] {
  const soakRuns = process.env['D1_SOAK_RUNS'];
  const all = soakRuns === undefined ? count : Number(soakRuns);
  const within = soakRuns === undefined ? () => 0.5 : Math.random;
  return Array.from({ length: all }, (_, index) => (index + within()) / all);
}
