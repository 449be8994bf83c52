import { folderFindings, type FileFinding } from 'd1-core/migrations';
import { openReplay } from 'd1-core/schema';
import { foldName, loadParser, loadTokenizer, unquote, type Token, type Tokenize } from 'd1-core/sql';
import { analyseFile, type FileAnalysis, type Tools } from './analyse-file.ts';
import type { Finding } from './finding.ts';
import type { LintFile, WranglerSplit } from './rule.ts';
import { inStages, runRules, type ActiveRule } from './run-rules.ts';
import { maySplitDifferently } from './split-differently.ts';
import { tryWithRows } from './try-with-rows.ts';

export interface LintOptions {
  readonly rules: readonly ActiveRule[];
  /** The ids of all rules, the inactive ones too. */
  readonly ruleIds: readonly string[];
  /** Which files are reported on; all are replayed. */
  readonly isReported?: ((file: LintFile) => boolean) | undefined;
  /** With `--since`: the names that the git ref has. */
  readonly base?: ReadonlySet<string> | undefined;
  /** With `--since`: the names of those that the git ref has with other tokens. */
  readonly edited?: ReadonlySet<string> | undefined;
  /** The texts of the rollback scripts, by the name of the migration. */
  readonly rollbackScripts?: ReadonlyMap<string, string> | undefined;
  readonly migrationsTable?: string | undefined;
  /** Loads wrangler's splitter. Called once at most, and only for a file that wrangler may cut in a way of its own. */
  readonly loadSplit?: (() => Promise<WranglerSplit | undefined>) | undefined;
}

export interface LintResult {
  readonly findings: readonly Finding[];
  /** How many files were looked at. */
  readonly files: number;
  /** How many were only replayed. */
  readonly skippedFiles: number;
  readonly suppressed: number;
  /** How many statements no rule could look into; `meta/not-analysed` names them. */
  readonly notAnalysed: number;
  /** Files that could not be run on tables with rows, or not on all: what they do to those nobody has seen. */
  readonly untried: readonly UntriedFile[];
}

export interface UntriedFile {
  /** For reports, as in findings. */
  readonly file: string;
  /** The one that had no rows; undefined where the whole file was not run. */
  readonly table: string | undefined;
  readonly reason: string;
}

/** Lints the files of one migrations folder, all of them, in the order in which wrangler applies them. */
export async function lint(files: readonly LintFile[], options: LintOptions): Promise<LintResult> {
  const { migrationsTable = 'd1_migrations', isReported = () => true } = options;
  const [tokenize, parse, replay] = await Promise.all([
    loadTokenizer(),
    loadParser(),
    openReplay({ migrationsTable }),
  ]);
  const tools: Tools = { tokenize, parse, replay };
  const shared = {
    folder: {
      files: files.map(({ name, number, text }) => ({ name, number, text })),
      findings: namingFindings(files),
      sortsByName: files.every(({ name }, index) => (files[index - 1]?.name ?? '') < name),
      base: options.base,
      edited: options.edited ?? new Set<string>(),
      rollbackScripts: options.rollbackScripts ?? new Map<string, string>(),
      migrationsTable,
    },
    everHad: replay.everHad,
    faultOf: replay.fault,
    tokenize: remembering(tokenize),
    ruleIds: options.ruleIds,
  };
  const namesTakenBack = new Set<string>();
  const wasTakenBack = (name: string) => namesTakenBack.has(foldName(name));
  const rules = inStages(options.rules);
  const splitFor = lazySplit(options);
  const needsRows = options.rules.some(({ rule }) => rule.needs === 'rows');
  const findings: Finding[] = [];
  let reported = 0;
  let suppressed = 0;
  let notAnalysed = 0;
  const untried: UntriedFile[] = [];
  try {
    for (const file of files) {
      const analysis = await analyseFile(file, tools);
      replay.endFile();
      if (isReported(file)) {
        const wranglerSplit = await splitFor(analysis);
        const trial = needsRows ? await tryWithRows(file, analysis, shared.tokenize) : undefined;
        untried.push(...(trial?.untried ?? []).map((one) => ({ file: file.path, ...one })));
        const result = runRules(file, analysis, rules, {
          ...shared,
          wranglerSplit,
          wasTakenBack,
          trial,
        });
        findings.push(...result.findings);
        suppressed += result.suppressed;
        reported += 1;
        notAnalysed += analysis.statements.filter(({ parsed }) => parsed.outcome === 'not-parsed').length;
      }
      if (hasFailed(analysis)) for (const name of namesIn(analysis)) namesTakenBack.add(name);
    }
  } finally {
    replay.close();
  }
  const skippedFiles = files.length - reported;
  return { findings, files: reported, skippedFiles, suppressed, notAnalysed, untried };
}

const hasFailed = ({ statements }: FileAnalysis): boolean =>
  statements.some((statement) => statement.replay.outcome === 'failed');

const namesIn = ({ statements }: FileAnalysis): readonly string[] =>
  statements.flatMap(({ tokens }) => tokens.map(({ text }) => foldName(unquote(text))));

function namingFindings(files: readonly LintFile[]): ReadonlyMap<string, readonly FileFinding[]> {
  const byFile = new Map<string, FileFinding[]>();
  for (const finding of folderFindings(files.map(({ name, path, number }) => ({ name, path, number })))) {
    for (const name of finding.files) byFile.set(name, [...(byFile.get(name) ?? []), finding]);
  }
  return byFile;
}

/** Several rules look into the same statement that SQLite has kept of a table or an index. */
const REMEMBERED = 500;

function remembering(tokenize: Tokenize): Tokenize {
  const known = new Map<string, readonly Token[]>();
  return (text) => {
    const found = known.get(text) ?? tokenize(text);
    if (known.size >= REMEMBERED) known.clear();
    known.set(text, found);
    return found;
  };
}

/** Loading wrangler takes longer than linting a hundred files, and hardly any file needs it. */
function lazySplit({ rules, loadSplit }: LintOptions) {
  const isAsked = rules.some(({ rule }) => rule.needs === 'wrangler-split');
  let loaded: Promise<WranglerSplit | undefined> | undefined;
  return async ({ statements }: FileAnalysis): Promise<WranglerSplit | undefined> => {
    const isNeeded = isAsked && statements.some(({ allTokens }) => maySplitDifferently(allTokens));
    if (!isNeeded || loadSplit === undefined) return undefined;
    return (loaded ??= loadSplit());
  };
}
