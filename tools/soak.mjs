// usage: npm run soak -- [runs]
// The tests that depend on chance, many more times than `npm test` runs them. Each prints the moments or seeds it used.
import { spawnSync } from 'node:child_process';

const runs = process.argv[2] ?? '25';
const { status } = spawnSync(
  process.execPath,
  [
    '--experimental-vm-modules',
    '--disable-warning=ExperimentalWarning',
    'node_modules/jest/bin/jest.js',
    // Kills at many moments, and random migrations and SQL.
    '(kill|random|fuzz|split-differently|media|keep-rules)\\.spec',
    '--verbose',
    '--testTimeout=3600000',
  ],
  { stdio: 'inherit', env: { ...process.env, D1_SOAK_RUNS: runs } },
);
process.exitCode = status ?? 1;
