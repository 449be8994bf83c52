import nx from '@nx/eslint-plugin';
import prettier from 'eslint-config-prettier';
import * as jsonc from 'jsonc-eslint-parser';

const coreFolders = [
  'errors',
  'node',
  'sql',
  'migrations',
  'schema',
  'environment',
  'wrangler',
  'database',
  'history',
  'report',
];

/** Inside d1-core a folder may import only the folders that stand above it in the list. */
const coreLayers = coreFolders.map((folder, index) => ({
  files: [`**/d1-core/src/${folder}/**/*.ts`, `src/${folder}/**/*.ts`],
  ignores: ['**/*.spec.ts'],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          {
            group: coreFolders.slice(index + 1).map((later) => `**/${later}/**`),
            message: `"${folder}" stands below none of the folders it imports here; see docs/architecture in CONTRIBUTING.md.`,
          },
        ],
      },
    ],
  },
}));

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
      '@nx/enforce-module-boundaries': [
        'error',
        {
          // d1-core is never built on its own: its source is bundled into each plugin.
          enforceBuildableLibDependency: false,
          depConstraints: [
            { sourceTag: 'scope:core', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:lint', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:backup', onlyDependOnLibsWithTags: ['scope:core'] },
            { sourceTag: 'scope:migrate', onlyDependOnLibsWithTags: ['scope:core', 'scope:lint'] },
            {
              sourceTag: 'scope:app',
              onlyDependOnLibsWithTags: ['scope:migrate', 'scope:lint', 'scope:backup'],
            },
            { sourceTag: 'scope:tools', onlyDependOnLibsWithTags: ['*'] },
          ],
        },
      ],
    },
  },
  ...coreLayers,
  {
    files: ['**/package.json', '**/executors.json', '**/generators.json', '**/migrations.json'],
    languageOptions: { parser: jsonc },
    rules: { '@nx/nx-plugin-checks': 'error' },
  },
  {
    files: ['**/package.json'],
    languageOptions: { parser: jsonc },
    rules: {
      '@nx/dependency-checks': [
        'error',
        {
          includeTransitiveDependencies: true,
          ignoredDependencies: ['d1-core', 'nx', 'wrangler'],
          ignoredFiles: [
            '{projectRoot}/jest.config.mjs',
            '{projectRoot}/src/**/*.spec.ts',
            '{projectRoot}/src/testing/**',
          ],
        },
      ],
    },
  },
  prettier,
];
