import { posix } from 'node:path';
import { isObject } from 'd1-core/errors';
import type { Tree } from '@nx/devkit';
import { carryJson, carryNames, findWorkers } from 'd1-core/generators';
import { logger } from 'd1-core/nx';
import { PLUGIN } from '../../commands/index.ts';
import { DROPPED_RULES, FORMER_DEFAULTS, RENAMED_OPTIONS } from '../../config/index.ts';
import { ACCEPTED_FILE, FORMER_ACCEPTED_FILE } from '../../words.ts';

/** Carries a workspace to the present names of targets, options, rules and files. Running it again changes nothing. */
export default async function carryLint(tree: Tree): Promise<void> {
  for (const folder of foldersOf(tree)) {
    carryConfig(tree, folder);
    carryAccepted(tree, folder);
  }
  await carryNames(tree, {
    plugin: PLUGIN,
    targets: {},
    generators: {},
    options: Object.entries(RENAMED_OPTIONS).map(([name, now]) => ({ name, now })),
    changed: {},
  });
}

/** The folders in which d1-lint looks for its files: those of the Workers, and all above. */
function foldersOf(tree: Tree): ReadonlySet<string> {
  const folders = new Set(['.']);
  for (const { wranglerConfig } of findWorkers(tree, {})) {
    for (let at = posix.dirname(wranglerConfig); at !== '.'; at = posix.dirname(at)) folders.add(at);
  }
  return folders;
}

function carryConfig(tree: Tree, folder: string): void {
  carryJson(tree, posix.join(folder, 'd1-lint.config.json'), (json) => {
    const carried = Object.fromEntries(
      Object.entries(json).map(([name, value]) => [
        RENAMED_OPTIONS[name] ?? name,
        name === 'baseline' && value === FORMER_ACCEPTED_FILE ? ACCEPTED_FILE : value,
      ]),
    );
    const { preset = 'recommended', rules } = carried;
    const former = preset === 'recommended' ? FORMER_DEFAULTS : {};
    const named = Object.fromEntries(
      Object.entries(isObject(rules) ? rules : {}).filter(([rule]) => !(rule in DROPPED_RULES)),
    );
    const all = { ...('schema/*' in named ? {} : former), ...named };
    return Object.keys(all).length === 0 && rules === undefined ? carried : { ...carried, rules: all };
  });
  const module = posix.join(folder, 'd1-lint.config.ts');
  const lines = tree.exists(module) ? (tree.read(module, 'utf8') ?? '').split('\n') : [];
  for (const [index, line] of lines.entries()) {
    if (/\bbaseline\b/.test(line))
      logger.warn(`${module}:${index + 1}: The option "baseline" is now called "accepted".`);
    for (const [rule, reason] of Object.entries(DROPPED_RULES)) {
      if (line.includes(rule))
        logger.warn(`${module}:${index + 1}: The rule "${rule}" is gone: ${reason}. Remove it.`);
    }
  }
}

function carryAccepted(tree: Tree, folder: string): void {
  const before = posix.join(folder, FORMER_ACCEPTED_FILE);
  const now = posix.join(folder, ACCEPTED_FILE);
  if (!tree.exists(before)) return;
  if (tree.exists(now)) {
    logger.warn(`${before}:1: ${now} is there too. Remove the one that does not count.`);
    return;
  }
  tree.rename(before, now);
  carryJson(tree, now, ({ findings, ...rest }) => ({
    ...rest,
    version: 2,
    findings: Array.isArray(findings)
      ? findings.map((entry) => fromOwnFolder(tree, folder, entry))
      : findings,
  }));
}

/** The paths were relative to the folder of the command, which is the workspace root under Nx. */
function fromOwnFolder(tree: Tree, folder: string, entry: unknown): unknown {
  if (!isObject(entry) || typeof entry['file'] !== 'string') return entry;
  const { file } = entry;
  return tree.exists(file) ? { ...entry, file: posix.relative(folder, file) } : entry;
}
