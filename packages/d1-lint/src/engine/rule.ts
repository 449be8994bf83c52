import type { Loss } from 'd1-core/loss';
import type { ContentFinding, FileFinding } from 'd1-core/migrations';
import type { ReplayOutcome, Schema, Trigger, View } from 'd1-core/schema';
import type { LineIndex, ParsedStatement, SyntaxNode, Token, Tokenize } from 'd1-core/sql';
import type { Finding, Fix, Kind, Range, Severity } from './finding.ts';
import type { Suppression, UnknownDirective } from './suppressions.ts';

/**
 * A text is one migration file. An object holds several, by name, in the order in which they run; what begins with
 * `rollback/` is a rollback script.
 */
export type Example = string | Readonly<Record<string, string>>;

/** The names that the git ref has, and those of the files that differ from it. Only the latter are reported on. */
export interface ExampleChanges {
  readonly base: readonly string[];
  readonly changed: readonly string[];
}

/**
 * What a rule judges: the file; what it did to rows, where no rule has said why; what the parser refused; what could not be
 * replayed or looked into; the comments, by what they have silenced. The rules run in this order.
 */
export const STAGES = ['file', 'rows', 'syntax', 'replay', 'comments'] as const;

/** All that there is to a rule. Its file is `rules/<id>.ts`. */
export interface Rule {
  /** `group/kebab-name`, never renamed. */
  readonly id: string;
  readonly severity: Severity;
  readonly kind: Kind;
  /** `recommended` unless said otherwise; `strict` rules are on in the preset `strict` alone. */
  readonly preset?: 'recommended' | 'strict' | undefined;
  /** For `engine` rules whose bad examples a local D1 does not refuse: it ignores them, or only the service refuses. */
  readonly workerd?: 'accepts' | undefined;
  /** For `engine` rules: D1 takes the statement, and it does nothing, or not what it says. */
  readonly isIgnored?: boolean | undefined;
  /** `file` unless said otherwise. */
  readonly stage?: (typeof STAGES)[number] | undefined;
  /** Says that the rule asks for `wranglerSplit`, or for `trial`. They are loaded and run for such rules alone. */
  readonly needs?: 'wrangler-split' | 'rows' | undefined;
  /** For rules that need `--since`: what git says of the files of the examples. */
  readonly since?: ExampleChanges | undefined;
  /** What the rule finds, as a sentence for tables and lists. */
  readonly summary: string;
  /** Why that matters on D1: the text of the rule's page. */
  readonly why: string;
  /** Each gives exactly this rule, once or more. */
  readonly bad: readonly Example[];
  /** None gives any finding of any rule of the recommended preset. */
  readonly good: readonly Example[];
  /** Looks at one file and reports. Touches no file, git, network or clock. */
  check(context: RuleContext): void;
}

/** A statement with all that is known of it. Its offsets count in the file. */
export interface LintStatement extends Range {
  readonly text: string;
  /** From 0. */
  readonly index: number;
  /** Without comments and white space. */
  readonly tokens: readonly Token[];
  /** With comments and white space. */
  readonly allTokens: readonly Token[];
  readonly terminated: boolean;
  readonly parsed: ParsedStatement;
  /** Undefined where it could not be parsed; `parsed` says why. */
  readonly tree: SyntaxNode | undefined;
  /** The schema that the files before, and the statements before, have made. */
  readonly before: Schema;
  readonly after: Schema;
  /** What the replay in memory made of it. */
  readonly replay: ReplayOutcome;
}

/** What rows or values a file has lost that no directive announces, and the statement at which they went. */
export interface SeenLoss extends Loss {
  /** The last one of the file where it could not be told. */
  readonly statement: LintStatement;
}

/** What came of running a file on tables with rows. */
export interface RowTrial {
  /** Losses that the statements do not say themselves. */
  readonly losses: readonly SeenLoss[];
  /** Folded names of the tables that had rows. */
  readonly tried: ReadonlySet<string>;
  /** What was not looked at: a table, or all of the file, and why. */
  readonly untried: readonly { readonly table: string | undefined; readonly reason: string }[];
}

export interface LintFile {
  /** As wrangler records it: the path below the migrations folder. */
  readonly name: string;
  /** For reports: relative to the workspace or the working directory, with `/`. */
  readonly path: string;
  /** The number that wrangler orders by. */
  readonly number: number | undefined;
  readonly bytes: Uint8Array;
  /** Without byte order mark; what is not UTF-8 stands as U+FFFD. */
  readonly text: string;
}

/** How wrangler's own splitter cuts a text. Throws where wrangler refuses it. */
export type WranglerSplit = (sql: string) => readonly string[];

/** What is known of the whole folder. */
export interface LintFolder {
  /** Every migration, in the order in which wrangler applies them. */
  readonly files: readonly {
    readonly name: string;
    readonly number: number | undefined;
    readonly text: string;
  }[];
  /** What `d1-core/migrations` finds in names and numbers, by the name of each file that is concerned. */
  readonly findings: ReadonlyMap<string, readonly FileFinding[]>;
  /** Whether the files sort by name as they do by number. */
  readonly sortsByName: boolean;
  /** With `--since`: the names that the git ref has. */
  readonly base: ReadonlySet<string> | undefined;
  /** With `--since`: the names of those that the git ref has with other tokens. Comments and white space do not count. */
  readonly edited: ReadonlySet<string>;
  /** The texts of the rollback scripts, by the name of the migration. */
  readonly rollbackScripts: ReadonlyMap<string, string>;
  /** The name of wrangler's history table. */
  readonly migrationsTable: string;
}

export interface Report {
  /** A token, name, node, statement, or any other pair of offsets. */
  readonly at: Range;
  readonly message: string;
  /** What to do. Lines of SQL stand after a line break. What it proposes must itself be clean. */
  readonly help: string;
  readonly fix?: Fix | undefined;
}

export interface RuleContext {
  readonly file: LintFile;
  readonly folder: LintFolder;
  /** What `d1-core/migrations` finds in the text of the file, and in its bytes. */
  readonly content: readonly ContentFinding[];
  /** All tokens of the file, comments and white space included. */
  readonly tokens: readonly Token[];
  readonly lines: LineIndex;
  readonly statements: readonly LintStatement[];
  /** The schema before the first statement of the file: what "existing" means. */
  readonly before: Schema;
  /** The schema after the last one. */
  readonly after: Schema;
  /** Whether an object of that name was there at any time up to the end of this file. */
  readonly everHad: (name: string) => boolean;
  /** Why a view cannot be read, or what a trigger hangs on not be written, at the end of this file; SQLite's own words. */
  readonly faultOf: (object: View | Trigger) => string | undefined;
  /** Whether a file before this one speaks of that name and fails: D1 rolls it back, so what it was to make is missing. */
  readonly wasTakenBack: (name: string) => boolean;
  readonly tokenize: Tokenize;
  /** Undefined where there is none, or where no version of wrangler cuts the file in a way of its own. */
  readonly wranglerSplit: WranglerSplit | undefined;
  /** What came of running the file on tables with rows; undefined where it was not run. */
  readonly trial: RowTrial | undefined;
  /** The comments that switch rules off. `used` is known to the rules that run last. */
  readonly suppressions: readonly Suppression[];
  readonly unknownDirectives: readonly UnknownDirective[];
  /** What was reported for this file so far. */
  readonly findings: readonly Finding[];
  /** What a comment has silenced of it. */
  readonly silenced: readonly Finding[];
  /** The ids of all rules. */
  readonly ruleIds: readonly string[];
  /** The ids of those that are switched on. */
  readonly activeRuleIds: readonly string[];
  report(report: Report): void;
}

/** Returns the rule: for the types of its parts. */
export const defineRule = (rule: Rule): Rule => rule;
