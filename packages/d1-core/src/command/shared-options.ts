import * as v from 'valibot';
import { flag, fromFiles, path, text } from './options.ts';

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

/** Which database is meant. Every command that looks at one has them. */
export const targetOptions = {
  wranglerConfig: fromFiles(
    v.string('names the wrangler config'),
    'The wrangler config of the Worker, relative to the workspace root.',
    { type: 'string' },
  ),
  environment: text('The environment whose database is meant; "development" without one.', {
    priority: 'important',
  }),
  database: text('The binding of the database, when the Worker has several.', { priority: 'important' }),
  persistTo: path('The folder for local databases', {
    more: 'Default: .wrangler/state beside the wrangler config, where "wrangler dev" looks too.',
  }),
  startAfter: text(
    'The number or name of a migration: numbers and names of the files up to it are taken as they are. For histories that are already applied with duplicate or missing numbers.',
  ),
  settings: fromFiles(
    v.optional(v.record(v.string(), setting)),
    "What the plugin's options say about environments: location, protection, wrangler environment. Never from the command line.",
    {
      type: 'object',
      additionalProperties: { type: 'object', properties: SETTING_JSON, additionalProperties: false },
    },
  ),
};

/** How the report is written. Every command has them. */
export const reportOptions = {
  json: flag('Print one JSON document on standard output; everything else goes to standard error.'),
  verbose: flag('Show the stack of an error.'),
};
