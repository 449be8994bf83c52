import { existsSync, readdirSync, readFileSync } from 'node:fs';

/**
 * Ends what works on one of the folders by its command line: a wrangler whose parent was killed goes on alone, and an old one asks a
 * server that is gone for ever. Only where there is a /proc.
 */
export function endProcessesOf(folders: readonly string[]): void {
  const pids = existsSync('/proc/self/cmdline')
    ? readdirSync('/proc').filter((name) => /^\d+$/.test(name))
    : [];
  for (const pid of pids) {
    try {
      const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      if (folders.some((folder) => command.includes(folder))) process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}
