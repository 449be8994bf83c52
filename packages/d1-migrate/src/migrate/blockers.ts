import { D1Error } from 'd1-core/errors';
import { fileFindings, readDirectives, readMigration, type FileFinding } from 'd1-core/migrations';
import { loadTokenizer } from 'd1-core/sql';
import type { Survey } from '../status/index.ts';

/**
 * What must be put right before pending migrations may run: wrangler would run something else than the files say, in
 * another order than anybody chose, or without recording it. Problems of applied migrations block nothing.
 */
export async function findBlockers({ files, migrations, findings }: Survey): Promise<readonly FileFinding[]> {
  const pending = new Set(migrations.filter(({ state }) => state === 'pending').map(({ name }) => name));
  const tokenize = await loadTokenizer();
  return [
    ...findings.filter(
      ({ severity, code, files: names }) =>
        severity === 'error' && (code === 'not-taken' || names.some((name) => pending.has(name))),
    ),
    ...migrations.flatMap(({ name, renamedFrom }) =>
      renamedFrom === null ? [] : [renamed(name, renamedFrom)],
    ),
    ...files
      .filter(({ name }) => pending.has(name))
      .map(readMigration)
      .flatMap((file) => [...fileFindings(file, tokenize), ...readDirectives(file, tokenize).problems])
      .filter(({ severity }) => severity === 'error'),
  ];
}

function renamed(name: string, from: string): FileFinding {
  return {
    code: 'renamed',
    severity: 'error',
    message: `${name} is the applied migration ${from} under another name; wrangler would run it a second time.`,
    fix: `Give it back its old name: mv ${name} ${from}`,
    files: [name],
  };
}

/** The blockers as one error: the first in its message, all of them in its notes. */
export function blockedError(blockers: readonly FileFinding[]): D1Error | undefined {
  const [first, ...others] = blockers;
  if (first === undefined) return undefined;
  return new D1Error({
    code: first.code,
    message: first.message,
    fix: first.fix,
    location: first.location,
    exitCode: 1,
    notes: [...others.map(({ message, fix }) => `${message} Fix: ${fix}`), 'Nothing was applied.'],
  });
}
