import * as v from 'valibot';
import { countOr, flag, fromFiles, path, text } from './options.ts';

const optionalText = v.optional(v.string());

const setting = v.strictObject({
  location: v.optional(v.picklist(['local', 'remote'])),
  protected: v.optional(v.boolean()),
  wranglerEnv: optionalText,
  branches: v.optional(v.array(v.string())),
  cleanWorkTree: v.optional(v.boolean()),
  auditFile: optionalText,
});

const SETTING_JSON = {
  location: {
    type: 'string',
    enum: ['local', 'remote'],
    description: "Where the environment's database is.",
  },
  protected: { type: 'boolean', description: 'Whether changes need a confirmation.' },
  wranglerEnv: {
    type: 'string',
    description: 'The wrangler environment it stands on; empty for the top level.',
  },
  branches: {
    type: 'array',
    items: { type: 'string' },
    description: 'The branches from which it may be changed.',
  },
  cleanWorkTree: {
    type: 'boolean',
    description: 'Whether it may be changed only from a commit without further changes.',
  },
  auditFile: {
    type: 'string',
    description:
      'Another place for the audit file than .d1/audit beside the wrangler config; relative to the workspace root.',
  },
} satisfies Record<keyof typeof setting.entries, object>;

/** Which environment is meant. */
export const environmentOptions = {
  wranglerConfig: fromFiles(
    v.string('names the wrangler config'),
    'The wrangler config of the Worker, relative to the workspace root.',
    { type: 'string' },
  ),
  environment: text('The environment whose database is meant; "development" without one.', {
    priority: 'important',
  }),
  settings: fromFiles(
    v.optional(v.record(v.string(), setting)),
    "What the plugin's options say about environments: location, protection, wrangler environment. Never from the command line.",
    {
      type: 'object',
      additionalProperties: { type: 'object', properties: SETTING_JSON, additionalProperties: false },
    },
  ),
};

/** Which database of an environment is meant. A command that does not open it has no more. */
export const databaseOptions = {
  ...environmentOptions,
  database: text('The binding of the database, when the Worker has several.', { priority: 'important' }),
};

/** Which database is meant, and how it is opened. */
export const targetOptions = {
  ...databaseOptions,
  persistTo: path('The folder for local databases', {
    more: 'Default: .wrangler/state beside the wrangler config, where "wrangler dev" looks too.',
  }),
  timeout: countOr(
    600,
    'Seconds that one call of the database, of Cloudflare or of wrangler may take before it is stopped.',
  ),
};

/** How the report is written. Every command has them. */
export const reportOptions = {
  json: flag('Print one JSON document on standard output; everything else goes to standard error.'),
  verbose: flag('Show the stack of an error.'),
};
