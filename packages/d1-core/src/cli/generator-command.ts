import { dirname, join } from 'node:path';
import * as v from 'valibot';
import {
  defineCommand,
  flag,
  fromFiles,
  reportOptions,
  runGenerator,
  targetOptions,
  type Command,
  type Generator,
} from '../command/index.ts';
import { readProjectName } from '../inference/index.ts';
import {
  folderTree,
  migrationsFolder,
  noWorker,
  readWorker,
  type FileTree,
  type Log,
  type Site,
} from '../site/index.ts';

const fileText = (description: string) => fromFiles(v.optional(v.string()), description, { type: 'string' });

/** What a command is given from files, and a generator reads there itself. */
const FROM_FILES = {
  wranglerConfig: targetOptions.wranglerConfig,
  settings: targetOptions.settings,
  persistTo: fileText('The folder for local databases.'),
  startAfter: fileText('The migration up to which names are taken as they are.'),
};

const OWN = {
  dryRun: flag('Show which files would be written, and write none.', { priority: 'important' }),
  ...reportOptions,
};

/** A generator as a command of a terminal: on the files of the folder that the wrangler config belongs to. */
export function generatorCommand(generator: Generator): Command {
  const { name, title, description, examples } = generator;
  const options = Object.fromEntries(
    Object.entries(generator.options).filter(([option]) => option !== 'project'),
  );
  return defineCommand({
    name,
    title,
    description,
    options: { ...FROM_FILES, ...options, ...OWN },
    examples,
    target: { defaultName: name, description: title, location: 'any' },
    async run(given, { workspaceRoot }) {
      const { dryRun, wranglerConfig, settings, persistTo, startAfter } = given;
      const tree = folderTree(workspaceRoot);
      const notes: { readonly level: keyof Log; readonly text: string }[] = [];
      const note = (level: keyof Log) => (text: string) => void notes.push({ level, text });
      const site = folderSite({
        tree,
        wranglerConfig,
        options: { environments: settings, persistTo, startAfter },
        log: { info: note('info'), warn: note('warn'), error: note('error') },
      });
      const own = Object.entries(given).filter(([option]) => option in options);
      const afterwards = await runGenerator(generator, site, Object.fromEntries(own), []);
      const files = tree.changes();
      if (!dryRun) {
        tree.commit();
        await afterwards?.();
      }
      return {
        exitCode: 0,
        text: [
          ...files.map(({ kind, path }) => `${kind} ${path}`),
          ...notes.map(({ text }) => text),
          ...(dryRun ? ['Nothing was written, because of --dry-run.'] : []),
        ],
        document: { dryRun, files, notes },
      };
    },
  });
}

interface FolderSite extends Pick<Site, 'log' | 'options'> {
  readonly tree: FileTree;
  readonly wranglerConfig: string;
}

function folderSite({ tree, wranglerConfig, options, log }: FolderSite): Site {
  const folder = dirname(wranglerConfig);
  const worker = () => readWorker(tree, readProjectName(join(tree.root, folder)), folder, options);
  return {
    tree,
    options,
    log,
    nxJson: undefined,
    findWorker() {
      const found = worker();
      if (found === undefined) throw noWorker(`${wranglerConfig} has no D1 database.`);
      return found;
    },
    findWorkers: () => [worker()].filter((one) => one !== undefined),
    migrationsFolder: (database) => migrationsFolder(tree, database),
  };
}
