import { join } from 'node:path';
import { execa } from 'execa';
import type { WrittenFiles } from './written-files.ts';

const ROOT = join(import.meta.dirname, '../../../..');

interface TaskGraph {
  readonly tasks: {
    readonly tasks: Readonly<Record<string, { readonly id: string }>>;
    readonly dependencies: Readonly<Record<string, readonly string[]>>;
  };
}

/** docs/reference/tasks.md: what Nx runs before a deployment, as Nx itself says it. */
export async function tasks(): Promise<WrittenFiles> {
  const { stdout } = await execa('npx', ['nx', 'run', 'workers:deploy', '--graph=stdout'], {
    cwd: ROOT,
    env: { NX_DAEMON: 'false', NX_TUI: 'false' },
  });
  const graph: TaskGraph = JSON.parse(stdout.slice(stdout.indexOf('{')));
  return { texts: new Map([['docs/reference/tasks.md', page(graph)]]) };
}

const page = ({ tasks: { tasks: all, dependencies } }: TaskGraph): string => {
  const ids = Object.keys(all).sort();
  // Nx draws them for the default configuration, whichever is asked for.
  const name = (id: string) => id.split(':').slice(0, 2).join(':');
  const box = (id: string) => `t${ids.indexOf(id)}["${name(id)}"]`;
  const arrows = Object.entries(dependencies)
    .flatMap(([id, before]) => before.map((one) => `  ${box(one)} --> ${box(id)}`))
    .sort();
  return `<!-- Written by "npm run docs" from the task graph of Nx. Edits here are lost. -->

# The tasks before a deployment

What \`npx nx run workers:deploy\` runs, for each configuration, and in which order. A task that fails ends it; what stands
side by side may run at the same time, but never two tasks on one database.

\`\`\`mermaid
flowchart LR
${arrows.join('\n')}
\`\`\`
`;
};
