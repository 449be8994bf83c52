import { style } from 'd1-core/report';
import type { ExitCode, Outcome } from 'd1-core/run';
import { resolveMigrations, type Target, type TargetOptions } from 'd1-core/target';

/** The result for one database of the Worker, by its binding. */
type OfDatabase<Result> = Result & { readonly database: string };

/** Does a work on the migrations of the database that is named, or of every one of the Worker, and reports on all together. */
export async function forEachDatabase<Result extends object>(
  options: TargetOptions,
  workspaceRoot: string,
  work: (target: Target, isOneOfSeveral: boolean) => Promise<Outcome & { readonly result: Result }>,
): Promise<Outcome & { readonly result: readonly OfDatabase<Result>[] }> {
  const targets = resolveMigrations(options, workspaceRoot);
  const done: (Outcome & { readonly binding: string; readonly result: Result })[] = [];
  for (const target of targets)
    done.push({ binding: target.database.binding, ...(await work(target, targets.length > 1)) });
  const result = done.map((one) => ({ ...one.result, database: one.binding }));
  const [only, another] = done;
  if (only !== undefined && another === undefined) return { ...only, result };
  return {
    result,
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
