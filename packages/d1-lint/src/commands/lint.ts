import {
  count,
  defineCommand,
  flag,
  fromFiles,
  optionalChoice,
  path,
  reportOptions,
  text,
  texts,
} from 'd1-core/command';
import * as v from 'valibot';
import { FORMATS, PRESETS, RULE_SETTINGS } from '../words.ts';

export const lintCommand = defineCommand({
  name: 'lint',
  title: 'Find what is wrong in D1 migrations before they run',
  description:
    'Lints the migrations of a Worker, or the folders and files that are named: what D1 rejects or ignores, what endangers data, and project policy. For a file its whole folder is read, in the order of wrangler, and what is found in the file is reported.',
  options: {
    wranglerConfig: fromFiles(
      v.optional(v.string('names the wrangler config')),
      'The wrangler config of the Worker, relative to the workspace root.',
      { type: 'string' },
    ),
    paths: texts(
      'Folders and files to lint in place of all migrations of the Worker; "-" reads one migration from standard input.',
      { isPositional: true },
    ),
    config: path('The lint config', {
      more: 'Default: the nearest d1-lint.config.json or .ts at or above what is linted.',
      short: 'c',
    }),
    preset: optionalChoice(PRESETS, 'Which rules are on.'),
    rules: fromFiles(
      v.optional(v.record(v.string(), v.picklist(RULE_SETTINGS, `is one of ${RULE_SETTINGS.join(', ')}`))),
      'Severity by rule or group; it goes before the lint config.',
      {
        type: 'object',
        additionalProperties: {
          type: 'string',
          enum: RULE_SETTINGS,
          description: 'The severity of the rule, or off.',
        },
      },
    ),
    startAfter: text(
      'The last migration of the old history, by number or name. It and those before are not reported on.',
    ),
    accepted: path('The file of accepted findings, which are not reported', {
      more: 'Default: the one that the lint config names, or else the nearest .d1-lint-accepted.json.',
    }),
    writeAccepted: flag(
      'Accept the present findings of what is linted: write them into the file of accepted findings. Those of other files stay in it.',
    ),
    fix: flag('Apply the safe fixes. Do not change a migration that is applied somewhere.', {
      priority: 'important',
    }),
    since: text('A git ref; only migrations that differ from it are reported on.'),
    maxWarnings: count('Fail with more warnings than this. Default: any number is allowed.', { minimum: 0 }),
    format: optionalChoice(
      FORMATS,
      'The form of the report. Default: github in GitHub Actions, pretty elsewhere.',
      {
        priority: 'important',
        short: 'f',
      },
    ),
    output: path('A file for the report', { more: 'The report for people is printed as well.', short: 'o' }),
    stdinFilename: text('The file whose place in its folder standard input takes.'),
    ...reportOptions,
  },
  examples: [
    { description: 'Lint the migrations of the Worker' },
    { description: 'Apply the safe fixes', options: { fix: true } },
    { description: 'Report only on what differs from main', options: { since: 'origin/main' } },
    { description: 'Lint one file, after the migrations before it', words: ['migrations/0042_tags.sql'] },
  ],
  exitCodes: { 1: 'an error was found, or more warnings than are allowed' },
  target: {
    defaultName: 'lint',
    description: 'Find what is wrong in the D1 migrations before they run',
    location: 'any',
    example: { fix: true },
    outputs: [],
    outputOptions: ['output'],
  },
  async run(options, { workspaceRoot }) {
    const [{ lintMigrations, readStdin }, { reportOutcome }] = await Promise.all([
      import('../run/index.ts'),
      import('../reporters/index.ts'),
    ]);
    const { paths, stdinFilename, preset, rules, startAfter, ...request } = options;
    const stdin = paths.includes('-') ? await readStdin(process.stdin, stdinFilename) : undefined;
    const settings = { preset, rules, startAfter };
    const report = await lintMigrations({ ...request, root: workspaceRoot, paths, stdin, settings });
    return { ...(await reportOutcome(report, { ...options, root: workspaceRoot })), result: report };
  },
});
