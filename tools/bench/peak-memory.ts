import { execa } from 'execa';

/** Loaded into a Node process before its program: says at the end how much memory it had at most. */
const REPORT = `data:text/javascript,${encodeURIComponent(
  "process.on('exit', () => process.stderr.write('\\nmaxRSS ' + process.resourceUsage().maxRSS + '\\n'))",
)}`;

/** The most memory, in megabytes, that a Node process holds at a time. */
export async function peakMemory(
  [node, ...args]: readonly [string, ...string[]],
  options: { readonly cwd: string; readonly env: Readonly<Record<string, string>> },
): Promise<number> {
  const { stderr } = await execa(node, ['--import', REPORT, ...args], { ...options, stdin: 'ignore' });
  const [, kilobytes] = /^maxRSS (\d+)$/m.exec(stderr) ?? [];
  return Number(kilobytes) / 1024;
}
