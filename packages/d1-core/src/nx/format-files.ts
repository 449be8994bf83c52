import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Tree } from '@nx/devkit';
import { logger } from './logger.ts';

/** What is used of the workspace's own Prettier: https://prettier.io/docs/api */
interface Prettier {
  resolveConfig(file: string): Promise<object | null>;
  getFileInfo(
    file: string,
    options: { readonly ignorePath: readonly string[] },
  ): Promise<{ readonly ignored: boolean; readonly inferredParser: string | null }>;
  format(text: string, options: object): Promise<string>;
}

/** Formats what a generator has written, if the workspace has Prettier and a configuration of it. */
export async function formatFiles(tree: Tree): Promise<void> {
  const prettier = process.env['NX_SKIP_FORMAT'] === 'true' ? undefined : await loadPrettier(tree.root);
  if (prettier === undefined) return;
  const ignorePath = ['.prettierignore', '.gitignore'].map((name) => join(tree.root, name));
  for (const { path, type, content } of tree.listChanges()) {
    if (type === 'DELETE' || content === null) continue;
    const file = join(tree.root, path);
    try {
      const options = await prettier.resolveConfig(file);
      const { ignored, inferredParser } = await prettier.getFileInfo(file, { ignorePath });
      if (options === null || ignored || inferredParser === null) continue;
      tree.write(path, await prettier.format(content.toString('utf8'), { ...options, filepath: file }));
    } catch (error) {
      logger.warn(`${path} is not formatted: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
}

async function loadPrettier(root: string): Promise<Prettier | undefined> {
  try {
    const path = createRequire(join(root, 'package.json')).resolve('prettier');
    const loaded: { default: Prettier } = await import(pathToFileURL(path).href);
    return loaded.default;
  } catch {
    return undefined;
  }
}
