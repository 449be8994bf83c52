import { createHash } from 'node:crypto';
import { fileFindings, type ContentFinding } from 'd1-core/migrations';
import type { Replay, Schema } from 'd1-core/schema';
import {
  significantTokens,
  splitStatements,
  type Parse,
  type Statement,
  type Token,
  type Tokenize,
} from 'd1-core/sql';
import type { LintFile, LintStatement } from './rule.ts';

export interface FileAnalysis {
  readonly content: readonly ContentFinding[];
  readonly tokens: readonly Token[];
  readonly statements: readonly LintStatement[];
  readonly before: Schema;
  readonly after: Schema;
}

export interface Tools {
  readonly tokenize: Tokenize;
  readonly parse: Parse;
  readonly replay: Replay;
}

/** Splits, parses and replays a file. The files must come in the order in which wrangler applies them. */
export async function analyseFile(file: LintFile, { tokenize, parse, replay }: Tools): Promise<FileAnalysis> {
  const { text } = file;
  const tokens = tokenize(text);
  const content = fileFindings(file, () => tokens);
  const first = replay.schema();
  const statements: LintStatement[] = [];
  let before = first;
  for (const [index, statement] of splitStatements(tokens).entries()) {
    const parsed = await parse(text, statement);
    const tree = parsed.outcome === 'parsed' ? parsed.tree : undefined;
    const outcome = replay.run({ text, statement, tree });
    const after = outcome.outcome === 'skipped' ? before : replay.schema();
    statements.push({ ...describe(text, statement), index, parsed, tree, before, after, replay: outcome });
    before = after;
  }
  return { content, tokens, statements, before: first, after: before };
}

const describe = (text: string, { tokens, start, end, terminated }: Statement) => ({
  text: text.slice(start, end),
  tokens: significantTokens(tokens),
  allTokens: tokens,
  start,
  end,
  terminated,
});

/** The same for every writing of a statement that differs only in comments and white space. 16 hex digits. */
export function fingerprint(texts: Iterable<string>): string {
  const hash = createHash('sha256');
  for (const text of texts) hash.update(`${text}\n`);
  return hash.digest('hex').slice(0, 16);
}
