import type { PublishedPackage } from './registry.ts';

export interface Row {
  /** Such as `Nx 23.2.1, npm`. */
  readonly workspace: string;
  readonly check: string;
  /** All that was printed; undefined when it worked. */
  readonly failure: string | undefined;
}

/** Prints each workspace in a column and each check in a row. */
export function printTable(rows: readonly Row[]): void {
  const workspaces = [...new Set(rows.map(({ workspace }) => workspace))];
  const checks = [...new Set(rows.map(({ check }) => check))];
  const width = Math.max(...checks.map((check) => check.length));
  console.log(`\n${' '.repeat(width)}  ${workspaces.join('  ')}`);
  for (const check of checks) {
    const cells = workspaces.map((workspace) => {
      const row = rows.find((one) => one.workspace === workspace && one.check === check);
      const text = row === undefined ? '' : row.failure === undefined ? '✔' : '✖';
      return text.padEnd(workspace.length);
    });
    console.log(`${check.padEnd(width)}  ${cells.join('  ')}`.trimEnd());
  }
  console.log('');
}

/** Prints how large the packages are. */
export function printPackages(packages: readonly PublishedPackage[]): void {
  const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(0)} kB`.padStart(8);
  console.log('\nPackage                 packed  unpacked  files');
  for (const { name, version, bytes, unpackedBytes, files } of packages) {
    const label = `${name} ${version}`.padEnd(20);
    console.log(
      `${label}  ${kilobytes(bytes)}  ${kilobytes(unpackedBytes)}  ${String(files.length).padStart(5)}`,
    );
  }
}
