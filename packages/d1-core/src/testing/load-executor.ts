import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** Loads an executor from the source, by its implementation in executors.json: `./dist/file#export`. */
export async function loadExecutor(root: string, implementation: string) {
  const [path = '', name = ''] = implementation.split('#');
  const file = `${join(root, path.replace('./dist/', 'src/'))}.ts`;
  const { [name]: run } = await import(pathToFileURL(file).href);
  return { file, run };
}
