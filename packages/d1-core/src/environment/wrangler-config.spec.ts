import { isD1Error } from '../errors/index.ts';
import { parseWranglerConfig } from './wrangler-config.ts';

const toml = `# the Worker
name = "workers"
account_id = "acc"

[[d1_databases]]
binding = "DB"
database_name = "archive-dev"
database_id = "11111111-1111-4111-8111-111111111111"
migrations_dir = "../../migrations"

[[d1_databases]]
binding = "LOGS"
database_name = "logs"

[[r2_buckets]]
binding = "FILES"
bucket_name = "files-dev"

[env.staging]
account_id = "other"

[env.production]
[[env.production.d1_databases]]
binding = "DB"
database_id = "22222222-2222-4222-8222-222222222222"
preview_database_id = "preview"
migrations_table = "applied"
migrations_pattern = "migrations/*/*.sql"
`;

const json = `{
  // the Worker
  "name": "workers",
  "account_id": "acc",
  "d1_databases": [
    {
      "binding": "DB",
      "database_name": "archive-dev",
      "database_id": "11111111-1111-4111-8111-111111111111",
      "migrations_dir": "../../migrations",
    },
    { "binding": "LOGS", "database_name": "logs" },
  ],
  "r2_buckets": [{ "binding": "FILES", "bucket_name": "files-dev" }],
  "env": {
    "staging": { "account_id": "other" },
    "production": {
      "d1_databases": [
        {
          "binding": "DB",
          "database_id": "22222222-2222-4222-8222-222222222222",
          "preview_database_id": "preview",
          "migrations_table": "applied",
          "migrations_pattern": "migrations/*/*.sql"
        }
      ]
    }
  }
}
`;

interface Lines {
  readonly db: number;
  readonly id: number;
  readonly logs: number;
  readonly files: number;
  readonly staging: number;
  readonly production: number;
  readonly productionDb: number;
  readonly productionId: number;
}
const inToml: Lines = {
  ...{ db: 5, id: 8, logs: 11, files: 15, staging: 19 },
  ...{ production: 22, productionDb: 23, productionId: 25 },
};
const inJson: Lines = {
  ...{ db: 6, id: 9, logs: 12, files: 14, staging: 16 },
  ...{ production: 17, productionDb: 19, productionId: 21 },
};

describe('parseWranglerConfig', () => {
  it.each([
    ['wrangler.toml', toml, inToml],
    ['wrangler.toml', toml.replaceAll('\n', '\r\n'), inToml],
    ['wrangler.toml', `\uFEFF${toml}`, inToml],
    ['wrangler.jsonc', json, inJson],
    ['wrangler.json', json, inJson],
    ['wrangler.json', json.replaceAll('\n', '\r\n'), inJson],
    ['wrangler.jsonc', `\uFEFF${json}`, inJson],
  ])('reads databases, buckets and their lines from %s', (name, text, lines) => {
    expect(parseWranglerConfig({ file: `/w/apps/workers/${name}`, text })).toEqual({
      file: `/w/apps/workers/${name}`,
      name: 'workers',
      accountId: 'acc',
      environments: [
        {
          name: '',
          accountId: 'acc',
          line: undefined,
          databases: [
            {
              binding: 'DB',
              databaseName: 'archive-dev',
              databaseId: '11111111-1111-4111-8111-111111111111',
              previewDatabaseId: undefined,
              migrationsDir: '/w/migrations',
              migrationsTable: 'd1_migrations',
              migrationsPattern: undefined,
              line: lines.db,
              databaseIdLine: lines.id,
            },
            {
              binding: 'LOGS',
              databaseName: 'logs',
              databaseId: undefined,
              previewDatabaseId: undefined,
              migrationsDir: '/w/apps/workers/migrations',
              migrationsTable: 'd1_migrations',
              migrationsPattern: undefined,
              line: lines.logs,
              databaseIdLine: undefined,
            },
          ],
          buckets: [{ binding: 'FILES', bucketName: 'files-dev', line: lines.files }],
        },
        { name: 'staging', accountId: 'other', line: lines.staging, databases: [], buckets: [] },
        {
          name: 'production',
          accountId: 'acc',
          line: lines.production,
          databases: [
            {
              binding: 'DB',
              databaseName: undefined,
              databaseId: '22222222-2222-4222-8222-222222222222',
              previewDatabaseId: 'preview',
              migrationsDir: '/w/apps/workers/migrations',
              migrationsTable: 'applied',
              migrationsPattern: 'migrations/*/*.sql',
              line: lines.productionDb,
              databaseIdLine: lines.productionId,
            },
          ],
          buckets: [],
        },
      ],
    });
  });

  it.each([
    ['an empty TOML file', 'wrangler.toml', ''],
    ['a TOML file of comments', 'wrangler.toml', '# nothing yet\n'],
    ['an empty JSON object', 'wrangler.json', '{}'],
    ['null in place of the environments', 'wrangler.jsonc', '{ "env": null }'],
    ['empty lists', 'wrangler.toml', 'd1_databases = []\nr2_buckets = []\n'],
  ])('accepts %s as a config without databases', (_, name, text) => {
    const { environments } = parseWranglerConfig({ file: `/w/${name}`, text });
    expect(environments).toEqual([
      { name: '', accountId: undefined, line: undefined, databases: [], buckets: [] },
    ]);
  });

  it.each([
    ['inline tables', 'd1_databases = [{ binding = "A" }, { binding = "B" }]', [1, 1]],
    [
      'inline tables over several lines',
      'd1_databases = [\n  { binding = "A" },\n  { binding = "B" },\n]\n',
      [2, 3],
    ],
    [
      'headers with spaces and quotes',
      '[[ "d1_databases" ]]\nbinding = "A"\n\n[["d1_databases"]]\nbinding = "B"',
      [1, 4],
    ],
    [
      'keys that a multi-line string only mentions',
      'x = """\n[[d1_databases]]\n"""\n[[d1_databases]]\nbinding="A"\n[[d1_databases]]\nbinding="B"',
      [4, 6],
    ],
  ])('finds the lines of %s in TOML', (_, text, lines) => {
    const [top] = parseWranglerConfig({ file: '/w/wrangler.toml', text }).environments;
    expect(top.databases.map(({ binding, line }) => [binding, line])).toEqual([
      ['A', lines[0]],
      ['B', lines[1]],
    ]);
  });

  it.each([
    ['an inline table', 'env = { production = { d1_databases = [{ binding = "DB" }] } }', 1],
    ['dotted keys', '[env]\nproduction.d1_databases = [\n{ binding = "DB" }]', 3],
    ['a quoted name', '[[env."production".d1_databases]]\nbinding = "DB"', 1],
    ['a table of a table', '[env]\n[env.production]\nd1_databases = [{ binding = "DB" }]', 3],
  ])('reads an environment written as %s', (_, text, line) => {
    const [, production] = parseWranglerConfig({ file: '/w/wrangler.toml', text }).environments;
    expect(production).toMatchObject({ name: 'production', databases: [{ binding: 'DB', line }] });
  });

  it.each([
    ['TOML', 'wrangler.toml', 'name = "w"\n[[d1_databases\n', 2],
    ['a TOML value', 'wrangler.toml', 'name = "w"\r\nmain = oops\r\n', 2],
    ['a doubled TOML table', 'wrangler.toml', '[env.a]\n[env.b]\n[env.a]\n', 3],
    ['JSON', 'wrangler.json', '{\n  "name" "w"\n}', 2],
    ['JSON that ends early', 'wrangler.jsonc', '{\n  "env": {\n', 3],
    ['an empty JSON file', 'wrangler.json', '', 1],
    ['a JSON file of comments', 'wrangler.jsonc', '\n// later\n', 3],
  ])('names file and line of a syntax error in %s', (_, name, text, line) => {
    expect(errorOf(name, text)).toMatchObject({
      code: 'wrangler-config-syntax',
      exitCode: 2,
      location: { file: `/w/${name}`, line },
    });
  });

  it('explains a syntax error in one sentence', () => {
    expect(errorOf('wrangler.toml', 'main = oops').message).toBe(
      'wrangler.toml is not valid TOML: invalid value in line 1, column 8.',
    );
    expect(errorOf('wrangler.json', '{ "a" 1 }').message).toBe(
      'wrangler.json is not valid JSON: ColonExpected in line 1, column 7.',
    );
  });

  it.each([
    [
      'wrangler.toml',
      '[d1_databases]\nbinding = "DB"',
      'd1_databases of wrangler.toml must be a list, and is a table of keys.',
      'Write it as [[d1_databases]]',
      1,
    ],
    [
      'wrangler.toml',
      'a=1\n[env.prod.d1_databases]\nbinding = "DB"',
      'env.prod.d1_databases of wrangler.toml must be a list, and is a table of keys.',
      'Write it as [[env.prod.d1_databases]]',
      2,
    ],
    [
      'wrangler.json',
      '{ "d1_databases": null }',
      'd1_databases of wrangler.json must be a list, and is null.',
      'Write it as "d1_databases": [{ "binding": "DB" }]',
      1,
    ],
    [
      'wrangler.json',
      '{\n"d1_databases": {} }',
      'd1_databases of wrangler.json must be a list, and is a table of keys.',
      'Write it as "d1_databases": [{ "binding": "DB" }]',
      2,
    ],
    [
      'wrangler.json',
      '{ "d1_databases":\n["DB"] }',
      'd1_databases[0] of wrangler.json must be a table of keys, and is a string.',
      'Write it as "0": {}',
      2,
    ],
    [
      'wrangler.toml',
      '[[d1_databases]]\ndatabase_name = "x"',
      'd1_databases[0] of wrangler.toml has no "binding".',
      'Add binding = "DB"',
      1,
    ],
    [
      'wrangler.json',
      '{ "d1_databases": [{ "binding": "" }] }',
      'd1_databases[0] of wrangler.json has no "binding".',
      'Add "binding": "DB"',
      1,
    ],
    [
      'wrangler.toml',
      '[[d1_databases]]\nbinding = 1',
      'd1_databases[0].binding of wrangler.toml must be a string, and is a number.',
      'Write it in quotes: binding = "…"',
      2,
    ],
    [
      'wrangler.toml',
      '[[d1_databases]]\nbinding = "A"\n[[d1_databases]]\nbinding = "DB"\ndatabase_id = 2020-01-01',
      'd1_databases[1].database_id of wrangler.toml must be a string, and is a date.',
      'Write it in quotes: database_id = "…"',
      5,
    ],
    [
      'wrangler.json',
      '{ "account_id": null }',
      'account_id of wrangler.json must be a string, and is null.',
      'Write it in quotes: "account_id": "…"',
      1,
    ],
    [
      'wrangler.json',
      '{ "env": ["production"] }',
      'env of wrangler.json must be a table of keys, and is a list.',
      'Write it as "env": {}',
      1,
    ],
    [
      'wrangler.toml',
      'env = "production"',
      'env of wrangler.toml must be a table of keys, and is a string.',
      'Write it as [env]',
      1,
    ],
    [
      'wrangler.json',
      '[]',
      'The top level of wrangler.json must be a table of keys, and is a list.',
      'Write it as {}',
      undefined,
    ],
    [
      'wrangler.toml',
      '\n[[r2_buckets]]\nbucket_name = "b"',
      'r2_buckets[0] of wrangler.toml has no "binding".',
      'Add binding = "DB"',
      2,
    ],
  ])('rejects the wrong shape in %s: %s', (name, text, message, fix, line) => {
    expect(errorOf(name, text)).toMatchObject({
      code: 'invalid-wrangler-config',
      message,
      fix,
      exitCode: 2,
      location: { file: `/w/${name}`, line },
    });
  });
});

function errorOf(name: string, text: string): Error {
  try {
    parseWranglerConfig({ file: `/w/${name}`, text });
  } catch (error) {
    if (isD1Error(error)) return error;
    throw error;
  }
  throw new Error('no error');
}
