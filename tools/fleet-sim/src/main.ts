// usage: npm run fleet-sim -- --databases=10000 --faults=0.01 --seed=7 --kills=2 --json
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { modelTarget, simulate } from './simulate.ts';

const { values } = parseArgs({
  options: {
    databases: { type: 'string', default: '10000' },
    faults: { type: 'string', default: '0.01' },
    seed: { type: 'string', default: '7' },
    kills: { type: 'string', default: '2' },
    json: { type: 'boolean', default: false },
  },
});

const folder = mkdtempSync(join(tmpdir(), 'fleet-sim-'));
try {
  const target = modelTarget();
  const options = {
    databases: Number(values.databases),
    faults: Number(values.faults),
    seed: Number(values.seed),
    kills: Number(values.kills),
  };
  const result = await simulate({ ...options, target, folder });
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ ...options, ...result })}\n`
      : Object.entries({ ...options, ...result })
          .map(([name, value]) => `${name.padEnd(18)}${value}\n`)
          .join(''),
  );
  if (result.appliedTwice + result.lost + result.unnamed > 0) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
