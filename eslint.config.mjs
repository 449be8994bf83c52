import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import * as jsonc from 'jsonc-eslint-parser';
import { layers as layersRule } from './tools/structure/src/layers.ts';
import { PACKAGES } from './tools/structure/src/rooms.ts';

const layers = Object.entries(PACKAGES).map(([name, { rooms }]) => ({
  files: [`packages/${name}/src/**/*.ts`],
  ignores: ['**/*.spec.ts', '**/testing/**', '**/*.d.ts'],
  plugins: { rooms: { rules: { layers: layersRule } } },
  rules: { 'rooms/layers': ['error', Object.keys(rooms)] },
}));

/** `notReached`: what another plugin needs, in modules that are not bundled into this one. */
const dependencyChecks = (...notReached) => [
  'error',
  {
    includeTransitiveDependencies: true,
    ignoredDependencies: ['d1-core', 'd1-lint', 'd1-migrate', 'd1-queries', 'nx', 'wrangler', ...notReached],
    ignoredFiles: [
      '{projectRoot}/jest.config.mjs',
      '{projectRoot}/src/**/*.spec.ts',
      '{projectRoot}/src/**/testing/**',
    ],
  },
];

export default [
  ...nx.configs['flat/base'],
  ...nx.configs['flat/typescript'],
  {
    ignores: [
      '**/dist',
      '**/out-tsc',
      '**/coverage',
      '**/.wrangler',
      '**/.nx',
      '**/worker-configuration.d.ts',
    ],
  },
  {
    files: ['**/*.ts'],
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-non-null-assertion': 'error',
      '@typescript-eslint/no-unused-vars': ['error', { ignoreRestSiblings: true }],
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // d1-core is never built on its own: its source is bundled into each plugin.
          enforceBuildableLibDependency: false,
          // A command imports the heavy rooms of d1-core when it runs, and the light ones when Nx loads it.
          // What is bundled of d1-queries paints; the rest is there where it is installed.
          checkDynamicDependenciesExceptions: ['^d1-core/', '^d1-queries/source$'],
          depConstraints: [
            { sourceTag: 'scope:core', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:lint', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:queries', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:backup', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:fleet', onlyDependOnLibsWithTags: ['scope:core', 'scope:migrate'] },
            {
              sourceTag: 'scope:migrate',
              onlyDependOnLibsWithTags: ['scope:core', 'scope:lint', 'scope:queries'],
            },
            {
              sourceTag: 'scope:app',
              onlyDependOnLibsWithTags: ['scope:migrate', 'scope:lint', 'scope:queries', 'scope:backup'],
            },
            { sourceTag: 'scope:tools', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
    },
  },
  {
    files: ['**/package.json', '**/executors.json', '**/generators.json', '**/migrations.json'],
    languageOptions: { parser: jsonc },
    rules: { '@nx/nx-plugin-checks': 'error' },
  },
  {
    files: ['**/package.json'],
    languageOptions: { parser: jsonc },
    rules: { '@nx/dependency-checks': dependencyChecks() },
  },
  {
    files: ['packages/d1-migrate/package.json'],
    rules: { '@nx/dependency-checks': dependencyChecks('oxc-parser', 'oxc-resolver') },
  },
  {
    files: ['packages/d1-fleet/package.json'],
    rules: { '@nx/dependency-checks': dependencyChecks('oxc-parser', 'oxc-resolver', 'ejs') },
  },
  {
    files: ['packages/*/src/**/*.ts'],
    // The bin writes only where the modules that paint could not be loaded.
    ignores: [
      '**/*.spec.ts',
      '**/testing/**',
      'packages/d1-core/src/bin/*.ts',
      'packages/d1-queries/src/worker/**',
    ],
    rules: {
      'no-console': 'error',
      'no-restricted-syntax': [
        'error',
        {
          selector:
            "CallExpression[callee.property.name='write'][callee.object.property.name=/^std(out|err)$/]",
          message: 'printLines of d1-core/report writes lines, in which no name does anything to a terminal.',
        },
      ],
    },
  },
  ...layers,
  {
    files: ['**/*.spec.ts', '**/testing/**/*.ts'],
    rules: {
      // Tests start the stand-in of the Cloudflare API, and take escape sequences out of what people see.
      '@nx/enforce-module-boundaries': 'off',
      'no-control-regex': 'off',
    },
  },
  prettier,
];
