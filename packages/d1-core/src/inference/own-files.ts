import { posix } from 'node:path';

/** The folder of one Worker below a folder that all of a workspace write into; relative to the workspace root. */
export const ownFolder = (folder: string, projectName: string): string =>
  `${folder}/${projectName.replaceAll(/[^\w.-]+/g, '-').replace(/^-/, '')}/`;

/** The name of a file of one database, where the Worker has several: `schema-DB.md` for `schema.md`. */
export function fileOfDatabase(
  name: string,
  binding: string,
  databases: readonly { readonly binding: string }[],
): string {
  const { dir, name: stem, ext } = posix.parse(name);
  const isOne = databases.every((database) => database.binding === binding);
  return isOne ? name : posix.join(dir, `${stem}-${binding}${ext}`);
}
