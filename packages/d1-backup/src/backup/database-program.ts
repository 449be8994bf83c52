// The program of the process that `startDatabaseProcess` starts.
import { enableCompileCache } from 'node:module';
import { atDoor } from 'd1-core/door';
import { isD1Error } from 'd1-core/errors';
import type { DatabaseMessage, DatabaseTask } from './database-task.ts';

// As Nx does in the process above.
enableCompileCache();

// A signal is for the process above, which tells this one; its end is the end of this one.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined);
process.on('SIGTERM', () => process.exit());
process.on('disconnect', () => process.exit());
// It may have ended before this one could hear it.
if (!process.connected) process.exit();
process.on(
  'message',
  (task: DatabaseTask) => void atDoor(task.entrance, () => perform(task.work)).then(say, explain),
);

const say = (message: DatabaseMessage) => process.connected && process.send?.(message);

async function perform(task: DatabaseTask['work']): Promise<DatabaseMessage> {
  if ('read' in task) {
    const { readDatabase } = await import('./read-database.ts');
    return { reading: await readDatabase({ ...task.read, onRows: (rows) => say({ rows }) }) };
  }
  const { proveDump } = await import('./prove-dump.ts');
  const { file, record, wrangler } = task.prove;
  return { proved: await proveDump(file, record, wrangler) };
}

function explain(error: unknown): void {
  if (isD1Error(error)) {
    const { code, message, fix, exitCode, location, notes } = error;
    say({ error: { code, message, fix, exitCode, location, notes } });
    return;
  }
  const failure = error instanceof Error ? error : new Error(String(error));
  const { message, stack } = failure;
  say({ failure: { message, stack, facts: { ...failure } } });
}
