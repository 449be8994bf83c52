// usage: node time-validate.ts <workspace root> <wrangler config> <rounds>
// Times "validate", without and with a rollback script for each migration, against applying the same files once to a
// local database in one engine, as "reset" does. Prints the milliseconds of each round as JSON. For tools/bench.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { startEngine } from 'd1-core/database';
import { readMigration } from 'd1-core/migrations';
import { loadTokenizer, splitStatements, statementText } from 'd1-core/sql';
import { makeScripts } from '../rollback-script/index.ts';
import { listTargetMigrations } from '../survey/index.ts';
import { resolveTarget } from 'd1-core/target';
import { validate } from '../validate/index.ts';

const [, , root = '.', wranglerConfig = 'wrangler.toml', roundsText = '5'] = process.argv;
const rounds = Number(roundsText);
const target = resolveTarget({ wranglerConfig }, root);
const files = listTargetMigrations(target);
const { wrangler } = target;
const tokenize = await loadTokenizer();
const databases = { A: 'a', B: 'b' };

async function startUp(): Promise<number> {
  const started = performance.now();
  const engine = await startEngine({ wrangler, databases });
  await engine.batch('A', ['SELECT 1']);
  await engine.dispose();
  return performance.now() - started;
}

async function applyOnce(): Promise<number> {
  const persistTo = mkdtempSync(join(tmpdir(), 'd1-bench-apply-'));
  const engine = await startEngine({ wrangler, databases, persistTo });
  await engine.batch('A', ['SELECT 1']);
  const started = performance.now();
  for (const file of files) {
    const { text } = readMigration(file);
    const statements = splitStatements(tokenize(text)).map((statement) => statementText(text, statement));
    await engine.batch('A', statements);
  }
  const time = performance.now() - started;
  await engine.dispose();
  rmSync(persistTo, { recursive: true });
  return time;
}

async function validateAll(): Promise<number> {
  const schemaFile = join(root, 'migrations/schema/schema.sql');
  const { durationMs, problems } = await validate({ wrangler, files, schemaFile, write: false });
  const errors = problems.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new Error(errors.map(({ message }) => message).join('\n'));
  return durationMs;
}

async function writeScripts(): Promise<void> {
  for (const script of await makeScripts({ wrangler, files, isWanted: () => true, force: true })) {
    if (!('text' in script)) continue;
    mkdirSync(dirname(script.path), { recursive: true });
    writeFileSync(script.path, script.text);
  }
}

const times: Record<'startUp' | 'applyOnce' | 'withoutScripts' | 'withScripts', number[]> = {
  startUp: [],
  applyOnce: [],
  withoutScripts: [],
  withScripts: [],
};
await startUp(); // Fills the caches.
await applyOnce();
for (let round = 0; round < rounds; round++) times.withoutScripts.push(await validateAll());
await writeScripts();
for (let round = 0; round < rounds; round++) {
  times.startUp.push(await startUp());
  times.applyOnce.push(await applyOnce());
  times.withScripts.push(await validateAll());
}
process.stdout.write(JSON.stringify(times));
