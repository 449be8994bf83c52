import { execa } from 'execa';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';

/** Milliseconds between two looks. */
const INTERVAL = 50;

export interface TreeMeasurement {
  /** Of the process and all that it started, together, in megabytes. Linux only. */
  readonly peakMegabytes: number;
  readonly durationMs: number;
  readonly output: string;
}

/** Runs a command, and looks again and again at how much memory it and its children hold. */
export async function treeMemory(
  [file, ...args]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<TreeMeasurement> {
  const running = execa(file, args, { ...options, stdin: 'ignore', all: true });
  const { pid } = running;
  let peak = 0;
  let isRunning = true;
  const watch = async () => {
    while (isRunning && pid !== undefined) {
      peak = Math.max(peak, residentOf(pid, childrenByParent()));
      await setTimeout(INTERVAL);
    }
  };
  const watching = watch();
  const { durationMs, all } = await running.finally(() => (isRunning = false));
  await watching;
  return { peakMegabytes: peak / 1024, durationMs, output: all };
}

function childrenByParent(): ReadonlyMap<number, readonly number[]> {
  const children = new Map<number, number[]>();
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry);
    if (!Number.isInteger(pid)) continue;
    const [, parent] = /^PPid:\s+(\d+)$/m.exec(statusOf(pid)) ?? [];
    if (parent === undefined) continue;
    children.set(Number(parent), [...(children.get(Number(parent)) ?? []), pid]);
  }
  return children;
}

/** Kilobytes. */
function residentOf(pid: number, children: ReadonlyMap<number, readonly number[]>): number {
  const [, own] = /^VmRSS:\s+(\d+) kB$/m.exec(statusOf(pid)) ?? [];
  return (children.get(pid) ?? []).reduce(
    (sum, child) => sum + residentOf(child, children),
    Number(own ?? 0),
  );
}

function statusOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return ''; // It has ended meanwhile.
  }
}
