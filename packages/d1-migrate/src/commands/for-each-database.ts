import { style } from 'd1-core/report';
import type { ExitCode, Outcome } from 'd1-core/run';
import { resolveMigrations, type Target, type TargetOptions } from 'd1-core/target';

/** Does a work on the migrations of the database that is named, or of every one of the Worker, and reports on all together. */
export async function forEachDatabase(
  options: TargetOptions,
  workspaceRoot: string,
  work: (target: Target, isOneOfSeveral: boolean) => Promise<Outcome>,
): Promise<Outcome> {
  const targets = resolveMigrations(options, workspaceRoot);
  const done: (Outcome & { readonly binding: string })[] = [];
  for (const target of targets)
    done.push({ binding: target.database.binding, ...(await work(target, targets.length > 1)) });
  const [only, another] = done;
  if (only !== undefined && another === undefined) return only;
  return {
    exitCode: worst(done.map(({ exitCode }) => exitCode)),
    text: done.flatMap(({ binding, text }, index) => [
      ...(index === 0 ? [] : ['']),
      style.bold(`── ${binding}`),
      ...(typeof text === 'string' ? [text] : text),
    ]),
    document: { databases: done.map(({ binding, document }) => ({ binding, ...document })) },
  };
}

const worst = (codes: readonly ExitCode[]): ExitCode =>
  codes.find((code) => code === 1) ?? codes.find((code) => code !== 0) ?? 0;
