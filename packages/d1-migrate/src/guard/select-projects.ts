/** The part of a project that patterns look at. */
export interface SelectableProject {
  readonly root: string;
  readonly tags?: readonly string[] | undefined;
}

/**
 * The names of the projects that Nx's patterns select: names, parts of names, globs, `tag:…`, `directory:…`,
 * and `!…` to take away. See https://nx.dev/docs/reference/nx-commands#projects
 */
export function selectProjects(
  patterns: readonly string[],
  projects: Readonly<Record<string, SelectableProject>>,
): string[] {
  const selected = new Set<string>(patterns[0]?.startsWith('!') ? Object.keys(projects) : []);
  for (const pattern of patterns) {
    const isExclusion = pattern.startsWith('!');
    for (const name of matches(isExclusion ? pattern.slice(1) : pattern, projects)) {
      if (isExclusion) selected.delete(name);
      else selected.add(name);
    }
  }
  return [...selected];
}

function matches(pattern: string, projects: Readonly<Record<string, SelectableProject>>): readonly string[] {
  const names = Object.keys(projects);
  if (/^(?:\w+:)?\*$/.test(pattern)) return names;
  const [, kind, rest = ''] = /^(name|tag|directory):(.*)$/.exec(pattern) ?? [];
  const byName = (text: string) => (names.includes(text) ? [text] : names.filter(nameMatcher(text)));
  const byFolder = (text: string) => names.filter((name) => toRegExp(text).test(projects[name]?.root ?? ''));
  if (kind === 'tag')
    return names.filter((name) => projects[name]?.tags?.some((tag) => toRegExp(rest).test(tag)));
  if (kind === 'name') return byName(rest);
  if (kind === 'directory') return byFolder(rest);
  const named = byName(pattern);
  return named.length > 0 ? named : byFolder(pattern);
}

/** A glob, or a whole word of a name: `foo` selects `foo_bar`, not `foo-e2e`. */
function nameMatcher(text: string): (name: string) => boolean {
  const expression = /[*{}]/.test(text)
    ? toRegExp(text)
    : new RegExp(`(?<![@a-z0-9-])${escape(text)}(?![@a-z0-9-])`, 'i');
  return (name) => expression.test(name);
}

/** `*`, `**` and `{a,b}`. */
function toRegExp(glob: string): RegExp {
  const tokens: Readonly<Record<string, string>> = {
    '**/': '(?:.*/)?',
    '/**': '(?:/.*)?',
    '**': '.*',
    '*': '[^/]*',
    '{': '(?:',
    '}': ')',
    ',': '|',
  };
  const source = glob.replaceAll(
    /\*\*\/|\/\*\*$|\*\*|[*{},]|[^*{},/]+|\//g,
    (part) => tokens[part] ?? escape(part),
  );
  return new RegExp(`^${source}$`);
}

function escape(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/g, String.raw`\$&`);
}
