import { D1Error, nearest } from 'd1-core/errors';

/** Options of `d1-lint/plugin` in nx.json, for every project with a wrangler config. */
export interface D1LintPluginOptions {
  /** The name of the target; `lint` by default. */
  readonly lintTargetName?: string;
}

export const DEFAULT_TARGET_NAME = 'lint';

const OPTIONS = ['lintTargetName'];

/** Throws D1Error `invalid-plugin-options` for a misspelled or mistyped option: it would have no effect. */
export function checkPluginOptions(options: unknown): void {
  if (options === undefined) return;
  if (typeof options !== 'object' || options === null) throw invalid('The options are not an object.', '');
  for (const [name, value] of Object.entries(options)) {
    if (!OPTIONS.includes(name)) {
      const meant = nearest(name, OPTIONS);
      throw invalid(
        `The plugin d1-lint/plugin has no option "${name}".`,
        meant === undefined ? `Known: ${OPTIONS.join(', ')}. ` : `Did you mean "${meant}"? `,
      );
    }
    if (typeof value !== 'string' || value === '') throw invalid(`The option ${name} is not a text.`, '');
  }
}

const invalid = (message: string, hint: string) =>
  new D1Error({
    code: 'invalid-plugin-options',
    message,
    fix: `${hint}Correct it in nx.json.`,
    exitCode: 2,
    location: { file: 'nx.json' },
  });
