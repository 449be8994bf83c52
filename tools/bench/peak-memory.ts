import { execa } from 'execa';

/** Loaded into every Node process before its program: says at the end how much memory it had at most. */
const REPORT = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('\\nmaxRSS ' + process.resourceUsage().maxRSS + '\\n'))",
)}`;

/** The most memory, in megabytes, that one of the Node processes of a command holds at a time. */
export async function peakMemory(
  [node, ...args]: readonly [string, ...string[]],
  { cwd, env }: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  const { stderr } = await execa(node, args, {
    cwd,
    env: { ...env, NODE_OPTIONS: `--import=${REPORT}` },
    stdin: 'ignore',
  });
  const kilobytes = [...stderr.matchAll(/^maxRSS (\d+)$/gm)].map(([, number]) => Number(number));
  return Math.max(...kilobytes) / 1024;
}
