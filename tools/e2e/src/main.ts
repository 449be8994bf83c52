// usage: npm run e2e [-- --nx=22,23] [--packageManager=npm]
// Publishes the packages to a registry on this machine and uses them in new workspaces, one for each version of Nx and
// each package manager. Prints a table of what worked; exits with 1 when something did not.
import { parseArgs } from 'node:util';
import { execa } from 'execa';
import { CHECKS } from './checks.ts';
import { REPOSITORY } from './packages.ts';
import { checkPlainWorker } from './plain-worker.ts';
import { startRegistry } from './registry.ts';
import { printPackages, printTable, type Row } from './report.ts';
import { createWorkspace, type NxVersion, type PackageManager } from './workspace.ts';

/** The versions of Nx that the plugins support: the last of each major that they were developed with. */
const NX_VERSIONS: readonly NxVersion[] = [
  { nx: '21.6.11' },
  { nx: '22.7.12' },
  { nx: '23.2.1' },
  { nx: '24.0.6', createdWith: '23.2.1' },
];
const PACKAGE_MANAGERS: readonly PackageManager[] = ['npm', 'pnpm'];

const { values } = parseArgs({ options: { nx: { type: 'string' }, packageManager: { type: 'string' } } });
const majors = values.nx?.split(',');
const versions = NX_VERSIONS.filter(({ nx }) => majors?.includes(nx.split('.')[0] ?? '') ?? true);
const managers = PACKAGE_MANAGERS.filter((one) => values.packageManager?.split(',').includes(one) ?? true);
/** Every version with npm; pnpm with the version of this repository. */
const wanted = managers.flatMap((packageManager) =>
  versions
    .filter(({ nx }) => packageManager === 'npm' || nx.startsWith('23.'))
    .map((version) => ({ ...version, packageManager })),
);

await execa('npm', ['run', 'build'], {
  cwd: REPOSITORY,
  stdio: 'inherit',
});
const registry = await startRegistry();
const rows: Row[] = [];
try {
  printPackages(registry.published);
  for (const one of wanted) {
    const label = `Nx ${one.nx}, ${one.packageManager}`;
    console.log(`\n${label}`);
    const workspace = await createWorkspace({ ...one, registry: registry.url });
    try {
      let isBroken = false;
      for (const check of CHECKS) {
        const failure: string | undefined = isBroken
          ? 'not tried'
          : await check.run(workspace).then(
              () => undefined,
              (error: unknown) => (error instanceof Error ? error.message : String(error)),
            );
        // Without the plugins nothing else is of interest.
        isBroken ||= failure !== undefined && check === CHECKS[0];
        rows.push({ workspace: label, check: check.name, failure });
        console.log(`  ${failure === undefined ? '✔' : '✖'} ${check.name}`);
        if (failure !== undefined && failure !== 'not tried')
          console.log(failure.replaceAll(/^/gm, '      '));
      }
    } finally {
      workspace.remove();
    }
  }
  console.log('\nWithout Nx');
  const failure = await checkPlainWorker(registry.url).then(
    () => undefined,
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  rows.push({ workspace: 'no Nx, npm', check: 'the commands', failure });
  console.log(`  ${failure === undefined ? '✔' : `✖\n${failure}`}`);
} finally {
  await registry.stop();
}
printTable(rows);
const failed = rows.filter(({ failure }) => failure !== undefined).length;
console.log(`${rows.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
