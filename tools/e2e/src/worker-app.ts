import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

export type ConfigFormat = 'toml' | 'json' | 'jsonc';

/** A Worker as somebody has it before the plugins come. */
export interface WorkerApp {
  readonly name: string;
  readonly format: ConfigFormat;
  readonly databases: 0 | 1 | 2;
}

export const WORKER_APPS: readonly WorkerApp[] = (['toml', 'json', 'jsonc'] as const).flatMap((format) =>
  ([0, 1, 2] as const).map((databases) => ({ name: `${format}-${databases}`, format, databases })),
);

const BINDINGS = ['DB', 'LOG'] as const;

/** Writes it into `apps/`, with a folder of migrations for each database. */
export function writeWorkerApp(root: string, app: WorkerApp): void {
  const folder = join(root, 'apps', app.name);
  mkdirSync(join(folder, 'src'), { recursive: true });
  const write = (path: string, text: string) => writeFileSync(join(folder, path), text);
  write('project.json', `${JSON.stringify({ name: app.name, root: `apps/${app.name}` }, null, 2)}\n`);
  write('src/index.ts', 'export default { fetch: () => new Response("hello") };\n');
  write(`wrangler.${app.format}`, app.format === 'toml' ? toml(app) : json(app));
  for (const binding of BINDINGS.slice(0, app.databases)) {
    mkdirSync(join(folder, folderOf(binding)));
    write(join(folderOf(binding), '0001_initial.sql'), initial(binding));
  }
}

export const folderOf = (binding: string): string => `migrations-${binding.toLowerCase()}`;

const initial = (binding: string): string =>
  `CREATE TABLE ${binding.toLowerCase()}_entries (\n  id TEXT PRIMARY KEY NOT NULL,\n  title TEXT NOT NULL\n);\n`;

interface Database {
  readonly binding: string;
  readonly database_name: string;
  readonly database_id: string;
  readonly migrations_dir: string;
}

const ENVIRONMENTS = ['development', 'production'] as const;

function databases({ name, databases: count }: WorkerApp, environment: string): readonly Database[] {
  return BINDINGS.slice(0, count).map((binding, index) => ({
    binding,
    database_name: `${name}-${binding.toLowerCase()}-${environment}`,
    database_id: idOf(`${name}-${environment}-${index}`),
    migrations_dir: folderOf(binding),
  }));
}

/** Always the same for the same name, and another for another. */
function idOf(name: string): string {
  const hex = Buffer.from(name).toString('hex').padEnd(32, '0').slice(-32);
  return [hex.slice(0, 8), hex.slice(8, 12), '4000', '8000', hex.slice(20, 32)].join('-');
}

function toml(app: WorkerApp): string {
  const tables = ENVIRONMENTS.flatMap((environment) =>
    databases(app, environment).map((database) =>
      [
        `[[env.${environment}.d1_databases]]`,
        ...Object.entries(database).map(([key, value]) => `${key} = ${JSON.stringify(value)}`),
      ].join('\n'),
    ),
  );
  const head = `name = "${app.name}"\nmain = "src/index.ts"\ncompatibility_date = "2025-08-01"`;
  const environments = ENVIRONMENTS.map((environment) => `[env.${environment}]`);
  return `${[head, ...environments, ...tables].join('\n\n')}\n`;
}

function json(app: WorkerApp): string {
  const env = Object.fromEntries(
    ENVIRONMENTS.map((environment) => [environment, { d1_databases: databases(app, environment) }]),
  );
  const config = { name: app.name, main: 'src/index.ts', compatibility_date: '2025-08-01', env };
  const text = JSON.stringify(config, null, 2);
  return app.format === 'json'
    ? `${text}\n`
    : `// The Worker ${app.name}.\n${text.replace(/\n\}$/, ',\n}')}\n`;
}
