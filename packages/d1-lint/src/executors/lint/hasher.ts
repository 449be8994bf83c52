import { execFileSync } from 'node:child_process';
import { createHash, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { CustomHasher } from '@nx/devkit';

/**
 * What Nx cannot know of the inputs: our own version; the commit that `--since` names; and that a run which writes into
 * the workspace, with `--fix` or `--update-baseline`, has to take place each time.
 */
const hasher: CustomHasher = async (task, context) => {
  const { hasher: ofNx, taskGraph, projectsConfigurations } = context;
  const hash = await ofNx.hashTask(task, taskGraph, process.env);
  const { project, target, configuration = '' } = task.target;
  const configured = projectsConfigurations.projects[project]?.targets?.[target];
  const options: Readonly<Record<string, unknown>> = {
    ...configured?.options,
    ...configured?.configurations?.[configuration],
    ...task.overrides,
  };
  const more = [ownVersion(), ...changing(options)].join('\n');
  return { ...hash, value: createHash('sha256').update(`${hash.value}\n${more}`).digest('hex') };
};

export default hasher;

function changing({ fix, updateBaseline, since }: Readonly<Record<string, unknown>>): readonly string[] {
  if (fix === true || updateBaseline === true) return [randomUUID()];
  return typeof since === 'string' ? [commitOf(since)] : [];
}

/** Where git knows no such commit the run says so, and is not to be remembered. */
function commitOf(ref: string): string {
  try {
    return execFileSync('git', ['rev-parse', '--verify', '--end-of-options', `${ref}^{commit}`], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    });
  } catch {
    return randomUUID();
  }
}

/** `src` and `dist` stand equally deep below the package.json. */
const ownVersion = (): string => {
  const manifest: unknown = JSON.parse(
    readFileSync(join(import.meta.dirname, '../../../package.json'), 'utf8'),
  );
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : '';
};
