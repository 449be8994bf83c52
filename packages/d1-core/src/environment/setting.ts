import * as v from 'valibot';

const said = <const Shape extends v.GenericSchema>(words: string, shape: Shape) =>
  v.optional(v.pipe(shape, v.description(words)));

const BRANCHES = 'must be a list of branches, such as ["main"].';
const FILE = 'must be the path of a file.';
const FLAG = 'must be true or false.';

/**
 * What the options of a plugin say about one environment; the rest follows from its name. The messages go on after the name of
 * what is wrong.
 */
export const settingShape = v.strictObject({
  location: said(
    "Where the environment's database is.",
    v.picklist(['local', 'remote'], 'must be "local" or "remote".'),
  ),
  protected: said('Whether changes need a confirmation.', v.boolean(FLAG)),
  wranglerEnv: said(
    'The wrangler environment it stands on; empty for the top level.',
    v.string('must be a text, "" for the top level.'),
  ),
  branches: said(
    'The branches from which it may be changed.',
    v.pipe(
      v.array(v.pipe(v.string(BRANCHES), v.nonEmpty(BRANCHES)), BRANCHES),
      v.nonEmpty(BRANCHES),
      v.readonly(),
    ),
  ),
  cleanWorkTree: said(
    'Whether it may be changed only from a commit without further changes.',
    v.boolean(FLAG),
  ),
  auditFile: said(
    'Another place for the audit file than .d1/audit next to the wrangler config; relative to the workspace root.',
    v.pipe(v.string(FILE), v.nonEmpty(FILE)),
  ),
});

export type EnvironmentSetting = Readonly<v.InferOutput<typeof settingShape>>;

/** By the name of the environment. */
export type EnvironmentSettings = Readonly<Record<string, EnvironmentSetting>>;
