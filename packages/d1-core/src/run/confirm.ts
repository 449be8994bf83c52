import { createInterface } from 'node:readline/promises';
import { D1Error } from '../errors/index.ts';
import { checkSource } from '../protect/index.ts';
import { visible } from '../report/index.ts';
import type { Target } from '../target/index.ts';

/**
 * Asks for the database's name before a protected environment is changed, and first sees to it that it may be changed
 * from this branch and work tree. Throws when the answer is another one, or
 * when nobody is there to ask: in CI, and under `nx run-many`, where a question would be invisible.
 */
export async function confirmTarget(target: Target, confirm: string | undefined): Promise<void> {
  await checkSource(target);
  if (!target.environment.protected) return;
  const name = target.database.databaseName ?? target.database.binding;
  if (confirm !== undefined) {
    if (confirm === name) return;
    throw refused(target, `--confirm=${confirm} is not the name of this database.`, name);
  }
  if (!isInteractive()) throw refused(target, 'Nobody is there to confirm the change.', name);
  const answer = await ask(`\nType the name of the database (${visible(name)}) to go on: `);
  if (answer.trim() !== name) throw refused(target, 'The name was not confirmed.', name);
}

const isInteractive = (): boolean =>
  process.stdin.isTTY && process.stdout.isTTY && (process.env['CI'] ?? 'false') === 'false';

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stdout });
  try {
    return await terminal.question(question);
  } finally {
    terminal.close();
  }
}

function refused({ environment }: Target, reason: string, name: string): D1Error {
  return new D1Error({
    code: 'not-confirmed',
    message: `${environment.name} is protected, and nothing was changed. ${reason}`,
    fix: `Read what would be done, then run again with --confirm=${name}`,
    exitCode: 2,
  });
}
