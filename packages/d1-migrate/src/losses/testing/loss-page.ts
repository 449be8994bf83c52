import type { LossForm } from './forms.ts';

/** What the tools make of a form. */
export interface ObservedForm extends Pick<LossForm, 'unseenByLint' | 'uncounted' | 'stoppedByLint'> {
  readonly name: string;
  /** Whether something is lost that no statement announces; else it is a harmless twin. */
  readonly isLoss: boolean;
  readonly lint: boolean;
  readonly counted: boolean;
}

/** The page about losses: each form with what has found it in the test. */
export function lossPage(forms: readonly ObservedForm[]): string {
  const losses = forms.filter(({ isLoss }) => isLoss);
  const twins = forms.filter(({ isLoss, stoppedByLint }) => !isLoss && stoppedByLint === undefined);
  const stopped = forms.filter(({ stoppedByLint }) => stoppedByLint !== undefined);
  const cell = (found: boolean, why: string | undefined) => (found ? 'found' : (why ?? ''));
  return `<!-- Written by the loss suite of d1-migrate, with UPDATE_LOSSES=1. Edits here are lost. -->

# What loses rows or values, and what finds it

Each row is a migration that the test runs: ${losses.length} that lose something without saying so, and ${twins.length} harmless twins. \`plan\` runs the
migration on a copy of the database, \`migrate\` on a local database compares it with its snapshot: both look at every cell, and find
all of them. \`lint\` has no rows but those that it makes up for each table. On a remote database \`migrate\` needs a plan or
a rehearsal that has passed, so a loss stops there; the last column says what it finds besides, by counting before and after.
\`validate\` looks for none: it asks whether each migration runs on rows and leads back, and its rollback scripts say what they do
not bring back.

| What is lost by | \`lint\` | \`plan\` | \`migrate\`, local | \`migrate\`, remote, by counting |
| --- | --- | --- | --- | --- |
${losses.map(({ name, lint, unseenByLint, counted, uncounted }) => `| ${name} | ${cell(lint, unseenByLint)} | found | found | ${cell(counted, uncounted)} |`).join('\n')}

No command stops at these:

${twins.map(({ name }) => `- ${name}`).join('\n')}

\`lint\` alone stops at these:

${stopped.map(({ name, stoppedByLint }) => `- ${name}: ${stoppedByLint}`).join('\n')}
`;
}
