import type { FaultScenario } from './scenarios.ts';

const NAMES = ['0001', '0002', '0003'];

/** The page about faults: each scenario with the outcome that its test has proved. */
export const faultPage = (
  scenarios: readonly FaultScenario[],
): string => `<!-- Written by "npm run docs" from the fault suite of d1-migrate. Edits here are lost. -->

# When something goes wrong on the way

Three migrations are pending on a remote database, and \`migrate\` meets a fault. Each row is a test that injects the
fault into the real wrangler's requests, with the oldest supported wrangler and with the newest. In no row is a migration
applied twice, or a statement of a failed migration left behind.

| Fault | \`migrate\` says | \`status\` says after it | The next \`migrate\` |
| --- | --- | --- | --- |
${scenarios.map((scenario) => `| ${[scenario.name, describeRun(scenario), describeStatus(scenario), describeNext(scenario)].join(' | ')} |`).join('\n')}

- What is in the history decides what happened, not what wrangler says.
- Reads are tried again up to three times, after 0.5, 1 and 2 seconds or the time that Cloudflare asks for, where Cloudflare could not be reached, was busy or
  limited the rate. Nothing that writes is tried again, except to let the lock go, which does nothing the second time.
- A run that could not let its lock go keeps it until it expires: 2 minutes after the time that wrangler may take
  (\`--timeout\`, 10 minutes). The target \`unlock\` frees it at once.
- A process that is killed after any of its requests leaves what the status says, and the next runs apply the rest once.
  The wrangler of a killed run ends with it; the lock keeps others away from what the server may still be doing.
- A run whose lock another one has taken over says so. \`rollback\` runs each script only while it holds the lock and the
  migration is the last one, in the same transaction: of two at once, one rolls the migration back.
- \`rollback --strategy=time-travel\` knows also when the answer was lost whether the database went back: its lock, which is
  younger than the bookmark, is then gone.
- \`plan\` finds an export that is cut off; wrangler takes it for whole.
- Where the journal could not be written, the next \`migrate\` completes it from the history.
- Wrangler sends each migration as one request with its row of the history. The stand-in of the Cloudflare API runs it as
  one transaction, as Cloudflare documents it. Whether Cloudflare itself always does cannot be tested here; so after a
  fault that is no error of the SQL, the report asks you to compare the schema.
`;

function describeRun({ run: { outcome, code, warns } }: FaultScenario): string {
  const exit = exitOf(outcome, warns ?? false);
  const words = {
    applied: warns === true ? 'applied, with a warning' : 'applied',
    failed: 'failed',
    refused: 'failed before anything was applied',
    unknown: 'the outcome is not known',
    killed: 'nothing: it is dead',
  }[outcome];
  return [words, ...(code === undefined ? [] : [`\`${code}\``]), ...exit].join(', ');
}

function exitOf(outcome: FaultScenario['run']['outcome'], warns: boolean): readonly string[] {
  if (outcome === 'killed') return [];
  if (outcome === 'applied') return [warns ? 'exit 3' : 'exit 0'];
  return [];
}

function describeStatus({ applied }: FaultScenario): string {
  const done = NAMES.slice(0, applied).join(', ');
  const rest = NAMES.slice(applied).join(', ');
  return [...(done === '' ? [] : [`${done} applied`]), ...(rest === '' ? [] : [`${rest} pending`])].join(
    '; ',
  );
}

function describeNext({ next, applied }: FaultScenario): string {
  const rest = NAMES.slice(applied).join(', ');
  switch (next) {
    case 'applies-rest':
      return `applies ${rest}`;
    case 'nothing-pending':
      return 'has nothing to apply';
    case 'locked':
      return `leaves with exit 11 until the lock expires; after \`unlock\` it applies ${rest}`;
  }
}
