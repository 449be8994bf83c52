// usage: npm run docs:rules [-- --check]
// Writes docs/rules and the JSON schema of the config from the rule objects of d1-lint. With --check it writes nothing,
// and exits 1 when they differ.
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { format, resolveConfig } from 'prettier';
import { configSchema } from '../packages/d1-lint/src/config/index.ts';
import { ruleDocs } from '../packages/d1-lint/src/explain/index.ts';
import { allRules } from '../packages/d1-lint/src/rules/index.ts';

const folder = join(import.meta.dirname, '../docs/rules');
const check = process.argv.includes('--check');

mkdirSync(folder, { recursive: true });
const config = await resolveConfig(join(folder, 'README.md'));
const wanted = new Map<string, string>();
for (const [path, text] of await ruleDocs(allRules)) {
  wanted.set(path, await format(text, { ...config, parser: 'markdown', embeddedLanguageFormatting: 'off' }));
}
const present = new Map(
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.md'))
    .map((path) => [path, readFileSync(join(folder, path), 'utf8')]),
);

const stale = [...new Set([...wanted.keys(), ...present.keys()])].filter(
  (path) => wanted.get(path) !== present.get(path),
);
for (const path of stale) {
  const text = wanted.get(path);
  if (check) {
    console.error(`docs/rules/${path} is stale: run "npm run docs:rules".`);
  } else if (text === undefined) {
    rmSync(join(folder, path));
  } else {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
}
if (check && stale.length > 0) process.exitCode = 1;

const schemaFile = join(import.meta.dirname, '../packages/d1-lint/config.schema.json');
const schema = await format(JSON.stringify(configSchema(allRules)), {
  ...(await resolveConfig(schemaFile)),
  filepath: schemaFile,
});
if (schema !== readFileSync(schemaFile, 'utf8')) {
  if (check) {
    console.error('packages/d1-lint/config.schema.json is stale: run "npm run docs:rules".');
    process.exitCode = 1;
  } else {
    writeFileSync(schemaFile, schema);
  }
}
