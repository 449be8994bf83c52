import { sizeWords } from '../words.ts';

export interface Done {
  readonly objects: number;
  readonly bytes: number;
}

/** Returns the line that shows how far objects are, how fast, and how long the rest will take at that rate. */
export function rateOf(
  objects: number,
  bytes: number,
  clock: () => number = () => performance.now(),
): (done: Done) => string {
  const started = clock();
  return (done) => {
    const seconds = (clock() - started) / 1000;
    const count = `objects: ${done.objects} of ${objects}`;
    if (seconds < 1) return count;
    const rate = `${sizeWords(done.bytes / seconds)}/s, ${Math.round(done.objects / seconds)} objects/s`;
    // Small objects take as long as their number, large ones as their bytes.
    const share = (done.objects / objects + (bytes === 0 ? 0 : done.bytes / bytes)) / (bytes === 0 ? 1 : 2);
    return `${count}, ${rate}, ${timeWords((seconds * (1 - share)) / share)} left`;
  };
}

function timeWords(seconds: number): string {
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
