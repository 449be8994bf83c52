import { isInPreset } from '../config/index.ts';
import type { Finding, Fix, Kind, Severity } from '../engine/finding.ts';
import { exampleFiles, exampleScripts, lintExampleFiles } from '../engine/example.ts';
import type { Example, LintFile, Rule } from '../engine/rule.ts';

/** A piece of a rule's page, for a terminal as for Markdown. */
export type Block =
  | { readonly kind: 'title' | 'heading' | 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly language: 'sql' | 'json' | 'text'; readonly text: string };

/** What the kind of a rule promises. */
export const KINDS: Readonly<Record<Kind, string>> = {
  engine: 'D1 rejects it, or ignores it',
  data: 'D1 does it, and data may be lost or altered',
  policy: 'project policy: D1 accepts it',
};

/** What a finding of that severity does to the run. */
export const SEVERITIES: Readonly<Record<Severity, string>> = {
  error: 'the run fails',
  warning: 'the run fails only with more warnings than --max-warnings allows',
  info: 'the run does not fail',
};

/** Some rules show a dozen examples to the tests. */
const MAX_EXAMPLES = 3;

/** All there is to say of a rule. What it reports on its first bad example is found by running it. */
export async function rulePage(rule: Rule): Promise<readonly Block[]> {
  const said = await firstFinding(rule);
  return [
    { kind: 'title', text: rule.id },
    { kind: 'text', text: rule.summary },
    {
      kind: 'list',
      items: [
        `Severity ${rule.severity}: ${SEVERITIES[rule.severity]}.`,
        `Kind ${rule.kind}: ${KINDS[rule.kind]}.`,
        isInPreset(rule, 'recommended')
          ? 'On by default.'
          : 'Off by default; on in the preset "strict", or when the config names it.',
      ],
    },
    { kind: 'heading', text: 'Why' },
    { kind: 'text', text: rule.why },
    { kind: 'heading', text: 'Bad' },
    ...examples(rule.bad),
    ...(said === undefined ? [] : findingBlocks(said)),
    { kind: 'heading', text: 'Good' },
    ...examples(rule.good),
    { kind: 'heading', text: 'Fix' },
    { kind: 'text', text: fixText(said) },
  ];
}

/** How a rule is switched off. The docs say it once for all rules. */
export const switchOff = (id: string): readonly Block[] => [
  { kind: 'heading', text: 'Switch it off' },
  { kind: 'text', text: 'For one statement, or with "disable-file" for a file; the reason is required:' },
  { kind: 'code', language: 'sql', text: `-- d1-lint-disable-next-statement ${id}: <reason>` },
  { kind: 'text', text: 'Everywhere, in d1-lint.config.json:' },
  { kind: 'code', language: 'json', text: `{ "rules": { "${id}": "off" } }` },
];

/** Who applies a fix: `--fix`, or the user. Some are safe only as long as no other file comes behind. */
export type Fixing = 'safe' | 'safe in the last file' | 'suggestion' | 'none';

export const fixingOf = async (rule: Rule): Promise<Fixing> => (await firstFinding(rule))?.fixing ?? 'none';

interface Said {
  readonly message: string;
  readonly help: string;
  readonly fix: Fix | undefined;
  readonly fixing: Fixing;
}

/** With a fix, if any of the examples shows one. Undefined for rules that ask what only wrangler can tell. */
async function firstFinding(rule: Rule): Promise<Said | undefined> {
  const found: Said[] = [];
  for (const example of rule.bad) {
    const files = exampleFiles(example);
    for (const { message, help, fix, file } of await findingsIn(rule, files, example)) {
      const upToIt = files.slice(0, files.findIndex(({ path }) => path === file) + 1);
      found.push({ message, help, fix, fixing: await fixing(fix, rule, upToIt, example) });
    }
    if (found.some(({ fix }) => fix !== undefined)) break;
  }
  const [first] = found;
  const shown =
    found.find(({ fixing }) => fixing === 'safe') ?? found.find(({ fix }) => fix !== undefined) ?? first;
  return first === undefined || shown === undefined
    ? undefined
    : { ...first, fix: shown.fix, fixing: shown.fixing };
}

async function fixing(
  fix: Fix | undefined,
  rule: Rule,
  upToIt: readonly LintFile[],
  example: Example,
): Promise<Fixing> {
  if (fix === undefined) return 'none';
  if (fix.safe) return 'safe';
  const alone = await findingsIn(rule, upToIt, example);
  return alone.some((finding) => finding.fix?.safe === true) ? 'safe in the last file' : 'suggestion';
}

const findingsIn = async (
  rule: Rule,
  files: readonly LintFile[],
  example: Example,
): Promise<readonly Finding[]> => {
  const { findings } = await lintExampleFiles(files, rule.since, {
    rules: [{ rule, severity: rule.severity }],
    ruleIds: [rule.id],
    rollbackScripts: exampleScripts(example),
  });
  return findings;
};

const findingBlocks = ({ message, help }: Said): readonly Block[] => [
  { kind: 'text', text: 'd1-lint says:' },
  { kind: 'code', language: 'text', text: shorten(`${message}\n\n${help}`) },
];

function fixText(said: Said | undefined): string {
  const title = lowerFirst(said?.fix?.title ?? '');
  switch (said?.fixing ?? 'none') {
    case 'safe':
      return `--fix does it: ${title}.`;
    case 'safe in the last file':
      return `In the last migration of the folder --fix does it: ${title}. The others may be applied, and then they never run again.`;
    case 'suggestion':
      return `Suggested: ${title}. --fix leaves it to you, because it may change what the file means.`;
    case 'none':
      return 'There is none that could be applied without thought. The finding says what to write.';
  }
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const examples = (all: readonly Example[]): readonly Block[] =>
  all
    .slice(0, MAX_EXAMPLES)
    .map((example) => ({ kind: 'code', language: 'sql', text: exampleText(example) }));

const exampleText = (example: Example): string =>
  typeof example === 'string'
    ? shorten(example)
    : Object.entries(example)
        .map(([name, text]) => shorten(`-- ${name}\n${text.trimEnd()}`))
        .join('\n\n');

/** Some examples are about length itself, and some about characters that nobody sees. */
const MAX_WIDTH = 160;
const MAX_LINES = 40;
const INVISIBLE = new Map([
  ['\0', '␀'],
  ['\r', '␍'],
  ['\uFEFF', '[byte order mark]'],
]);

function shorten(text: string): string {
  const lines = text.split('\n').map((line) => {
    const visible = [...line].map((character) => INVISIBLE.get(character) ?? character);
    return visible.length > MAX_WIDTH ? `${visible.slice(0, MAX_WIDTH).join('')}…` : visible.join('');
  });
  return [...lines.slice(0, MAX_LINES), ...(lines.length > MAX_LINES ? ['…'] : [])].join('\n');
}
