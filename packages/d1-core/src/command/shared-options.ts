import * as v from 'valibot';
import { settingShape } from '../environment/index.ts';
import { countOr, flag, fromFiles, path, text } from './options.ts';

/** What a setting is to Nx. */
const SETTING_JSON = {
  type: 'object',
  properties: Object.fromEntries(
    Object.entries(settingShape.entries).map(([name, { wrapped }]) => [
      name,
      { ...jsonOf(wrapped), description: v.getDescription(wrapped) },
    ]),
  ),
  additionalProperties: false,
};

function jsonOf(shape: (typeof settingShape.entries)[keyof typeof settingShape.entries]['wrapped']): object {
  if (shape.type === 'picklist') return { type: 'string', enum: shape.options };
  return shape.type === 'array' ? { type: 'array', items: { type: 'string' } } : { type: shape.type };
}

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
    v.optional(v.record(v.string(), settingShape)),
    "What the plugin's options say about environments: location, protection, wrangler environment. Never from the command line.",
    { type: 'object', additionalProperties: SETTING_JSON },
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
    more: 'Default: .wrangler/state next to the wrangler config, where "wrangler dev" looks too.',
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
