import { globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { loadExecutor } from './load-executor.ts';

interface Schema {
  readonly [key: string]: unknown;
  readonly properties?: Readonly<Record<string, Schema>>;
}

/** Every property, those of objects inside objects too, with its path. */
function properties(schema: Schema, path = ''): readonly (readonly [string, Schema])[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => [
    [`${path}${name}`, property] as const,
    ...properties(property, `${path}${name}.`),
    ...(isSchema(property['additionalProperties'])
      ? properties(property['additionalProperties'], `${path}${name}.*.`)
      : []),
  ]);
}

const isSchema = (value: unknown): value is Schema => typeof value === 'object' && value !== null;

function readSettings(settings: Schema | undefined): Readonly<Record<string, Schema>> {
  const setting = settings?.['additionalProperties'];
  return isSchema(setting) ? (setting.properties ?? {}) : {};
}

/** Tests the schemas of a plugin's executors and generators, and the files that name them. `root` is the package's folder. */
export function testSchemas(root: string): void {
  const readJson = (path: string) => JSON.parse(readFileSync(join(root, path), 'utf8'));
  const schemas = globSync('schemas/**/*.json', { cwd: root }).map((path) => path.replaceAll('\\', '/'));
  const prefix = basename(root).replaceAll(/(^|-)(\w)/g, (_, __, letter: string) => letter.toUpperCase());
  const idOf = new RegExp(`^${prefix}[A-Z]`);

  describe.each(schemas)('%s', (path) => {
    const schema: Schema = readJson(path);

    it('says what it is', () => {
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/schema',
        $id: expect.stringMatching(idOf),
        title: expect.stringMatching(/\w/),
        description: expect.stringMatching(/\.$/),
        type: 'object',
        additionalProperties: false,
      });
      expect(schema['version']).toBe(path.includes('/generators/') ? undefined : 2);
    });

    it('describes every option in a sentence: Nx prints "undefined" for one without', () => {
      const silent = properties(schema).filter(([, { description }]) => !/\.$/.test(String(description)));
      expect(silent.map(([name]) => name)).toEqual([]);
    });

    it('puts at least one option first, and knows no priority but those of Nx', () => {
      const priorities = properties(schema).flatMap(([, property]) => property['x-priority'] ?? []);
      expect(priorities).toContain('important');
      expect(priorities.filter((priority) => priority !== 'important' && priority !== 'internal')).toEqual(
        [],
      );
    });

    it('takes a number where a text is meant, and the words as they were written', () => {
      if (path.includes('/generators/')) return;
      const texts = Object.entries(schema.properties ?? {}).filter(
        ([name, { type, enum: values }]) =>
          name !== 'wranglerConfig' && type === 'string' && values === undefined,
      );
      expect(texts.map(([name]) => name)).toEqual([]);
      expect(schema.properties?.['__unparsed__']).toMatchObject({
        hidden: true,
        $default: { $source: 'unparsed' },
      });
    });

    it('shows how it is used', () => {
      expect(schema['examples']).toContainEqual({
        command: expect.stringMatching(/^nx /),
        description: expect.stringMatching(/\w/),
      });
    });

    it('requires only options that it has', () => {
      const { required = [] } = schema;
      expect(Object.keys(schema.properties ?? {})).toEqual(expect.arrayContaining([required].flat()));
    });
  });

  describe('the executors', () => {
    it('take the same settings of environments: the plugin gives them to all', () => {
      const settings = schemas.map((path) => {
        const schema: Schema = readJson(path);
        return Object.keys(readSettings(schema.properties?.['settings']));
      });
      const known = [...new Set(settings.map((names) => names.toSorted().join(', ')))];
      expect(known.filter((names) => names !== '').length).toBeLessThanOrEqual(1);
    });
  });

  describe('executors.json and generators.json', () => {
    const entries = [
      ...Object.entries<Schema>(readJson('executors.json').executors),
      ...Object.entries<Schema>(readJson('generators.json').generators),
    ];

    it('name every schema of the package, and code that is there', async () => {
      const named = entries.map(([, { schema }]) => String(schema).replace('./', ''));
      expect(named.toSorted()).toEqual([...schemas].toSorted());
      for (const [name, { schema, implementation, factory, description }] of entries) {
        const code = String(implementation ?? factory);
        expect(description).toMatch(/\w/);
        expect(schema).toMatch(new RegExp(`^./schemas/(generators/)?${name}.json$`));
        expect((await loadExecutor(root, code)).run).toBeInstanceOf(Function);
      }
    });
  });
}
