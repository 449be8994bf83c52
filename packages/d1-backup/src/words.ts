/** `1.2 GB`: bytes in powers of ten, as file managers and bills have them. */
export function sizeWords(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let size = bytes;
  let unit = 0;
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000;
    unit += 1;
  }
  return `${unit === 0 || size >= 100 ? Math.round(size) : size.toFixed(1)} ${units[unit]}`;
}

const MINUTE = 60_000;

/** `3 hours`: how long ago a time is, in the largest unit of which there are two. */
export function ageWords(time: Date, now: Date): string {
  const minutes = Math.floor((now.getTime() - time.getTime()) / MINUTE);
  if (minutes < 0) return 'in the future';
  if (minutes < 2) return 'now';
  const [amount, unit] =
    minutes < 120
      ? [minutes, 'minutes']
      : minutes < 2 * 24 * 60
        ? [minutes / 60, 'hours']
        : [minutes / 60 / 24, 'days'];
  return `${Math.floor(amount)} ${unit}`;
}
