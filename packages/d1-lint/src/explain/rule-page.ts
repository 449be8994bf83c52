import { isInPreset } from '../config/index.ts';
import { lint, type Example, type Fix, type Kind, type Rule, type Severity } from '../engine/index.ts';
import { lintFile } from '../run/read-files.ts';

/** A piece of a rule's page, for a terminal as for Markdown. */
export type Block =
  | { readonly kind: 'title' | 'heading' | 'text'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'code'; readonly language: 'sql' | 'json' | 'text'; readonly text: string };

/** What the kind of a rule promises. */
export const KINDS: Readonly<Record<Kind, string>> = {
  engine: 'D1 refuses it, or ignores it',
  data: 'D1 does it, and data may be lost or altered',
  policy: 'house policy: D1 accepts it',
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
    { kind: 'text', text: fixText(said?.fix) },
    { kind: 'heading', text: 'Switch it off' },
    { kind: 'text', text: 'For one statement, with a comment above it; the reason is required:' },
    { kind: 'code', language: 'sql', text: `-- d1-lint-disable-next-statement ${rule.id}: <reason>` },
    { kind: 'text', text: 'For a file:' },
    { kind: 'code', language: 'sql', text: `-- d1-lint-disable-file ${rule.id}: <reason>` },
    { kind: 'text', text: 'Everywhere, in d1-lint.config.json:' },
    { kind: 'code', language: 'json', text: `{ "rules": { "${rule.id}": "off" } }` },
  ];
}

/** Of what a fix is, in one word for tables. */
export async function fixOf(rule: Rule): Promise<'safe' | 'suggestion' | 'none'> {
  const fix = (await firstFinding(rule))?.fix;
  if (fix === undefined) return 'none';
  return fix.safe ? 'safe' : 'suggestion';
}

interface Said {
  readonly message: string;
  readonly help: string;
  readonly fix: Fix | undefined;
}

/** With a fix, if any of the examples shows one. Undefined for rules that ask what only wrangler can tell. */
async function firstFinding(rule: Rule): Promise<Said | undefined> {
  const found: Said[] = [];
  for (const example of rule.bad) {
    const { findings } = await lint(exampleFiles(example), {
      rules: [{ rule, severity: rule.severity }],
      ruleIds: [rule.id],
      base: rule.since === undefined ? undefined : new Set(rule.since.base),
      isReported: ({ name }) => rule.since?.changed.includes(name) ?? true,
    });
    found.push(...findings);
    if (findings.some(({ fix }) => fix !== undefined)) break;
  }
  const [first] = found;
  const fixes = found.flatMap(({ fix }) => fix ?? []);
  return first === undefined ? undefined : { ...first, fix: fixes.find(({ safe }) => safe) ?? fixes[0] };
}

const exampleFiles = (example: Example) =>
  filesOf(example).map(([name, text]) => lintFile(`migrations/${name}`, new TextEncoder().encode(text)));

const filesOf = (example: Example): readonly (readonly [name: string, text: string])[] =>
  Object.entries(typeof example === 'string' ? { '0001_example.sql': example } : example);

const findingBlocks = ({ message, help }: Said): readonly Block[] => [
  { kind: 'text', text: 'd1-lint says:' },
  { kind: 'code', language: 'text', text: shorten(`${message}\n\n${help}`) },
];

function fixText(fix: Fix | undefined): string {
  if (fix === undefined)
    return 'There is none that could be applied without thought. The finding says what to write.';
  return fix.safe
    ? `--fix does it: ${lowerFirst(fix.title)}.`
    : `Suggested: ${lowerFirst(fix.title)}. --fix leaves it to you, because it may change what the file means.`;
}

const lowerFirst = (text: string): string => text.charAt(0).toLowerCase() + text.slice(1);

const examples = (all: readonly Example[]): readonly Block[] =>
  all
    .slice(0, MAX_EXAMPLES)
    .map((example) => ({ kind: 'code', language: 'sql', text: exampleText(example) }));

const exampleText = (example: Example): string =>
  typeof example === 'string'
    ? shorten(example)
    : filesOf(example)
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
