import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';

/** Files that a generator reads, and changes all at once at its end. The tree of Nx is one. Paths have `/`, from the root on. */
export interface FileTree {
  /** Absolute. */
  readonly root: string;
  read(path: string): Buffer | null;
  read(path: string, encoding: BufferEncoding): string | null;
  write(path: string, content: Buffer | string): void;
  delete(path: string): void;
  exists(path: string): boolean;
  isFile(path: string): boolean;
  /** The names in a folder. */
  children(path: string): string[];
}

export interface FileChange {
  readonly kind: 'CREATE' | 'UPDATE' | 'DELETE';
  readonly path: string;
}

/** The files of a folder. What is written to it is on the disk after `commit`. */
export interface FolderTree extends FileTree {
  /** What `commit` would do, in the order of the first changes. */
  changes(): readonly FileChange[];
  commit(): void;
}

/** The tree of a folder. Paths may lead out of it, as `migrations_dir` of a wrangler config may. */
export function folderTree(root: string): FolderTree {
  /** By path; null for what is deleted. */
  const changed = new Map<string, Buffer | null>();
  const onDisk = (path: string) => join(root, path);
  const plain = (path: string) => relative(root, resolve(root, path)).split(sep).join('/');
  const isFileOnDisk = (path: string) => statSync(onDisk(path), { throwIfNoEntry: false })?.isFile() === true;

  function content(path: string): Buffer | null {
    const own = changed.get(plain(path));
    if (own !== undefined) return own;
    return isFileOnDisk(path) ? readFileSync(onDisk(path)) : null;
  }
  function read(path: string): Buffer | null;
  function read(path: string, encoding: BufferEncoding): string | null;
  function read(path: string, encoding?: BufferEncoding): Buffer | string | null {
    const bytes = content(path);
    return bytes === null || encoding === undefined ? bytes : bytes.toString(encoding);
  }
  /** The names below a folder that are written, and not on the disk yet. */
  const written = (folder: string): readonly string[] => {
    const prefix = plain(folder) === '' ? '' : `${plain(folder)}/`;
    return [...changed]
      .filter(([path, bytes]) => bytes !== null && path.startsWith(prefix))
      .map(([path]) => path.slice(prefix.length).split('/')[0] ?? '');
  };
  const tree: FolderTree = {
    root,
    read,
    write: (path, bytes) => void changed.set(plain(path), Buffer.from(bytes)),
    delete(path) {
      for (const name of tree.isFile(path) ? [] : tree.children(path)) tree.delete(`${path}/${name}`);
      if (tree.isFile(path)) changed.set(plain(path), null);
    },
    exists: (path) => tree.isFile(path) || tree.children(path).length > 0 || isEmptyFolder(onDisk(path)),
    isFile: (path) => content(path) !== null,
    children(path) {
      const present = isFolder(onDisk(path)) ? readdirSync(onDisk(path)) : [];
      const kept = present.filter((name) => changed.get(plain(`${path}/${name}`)) !== null);
      return [...new Set([...kept, ...written(path)])].toSorted();
    },
    changes: () =>
      [...changed]
        .filter(([path, bytes]) => (bytes === null ? isFileOnDisk(path) : !isSame(onDisk(path), bytes)))
        .map(([path, bytes]) => ({
          kind: bytes === null ? 'DELETE' : isFileOnDisk(path) ? 'UPDATE' : 'CREATE',
          path,
        })),
    commit() {
      for (const { path } of tree.changes()) {
        const bytes = changed.get(path) ?? null;
        if (bytes === null) {
          rmSync(onDisk(path));
        } else {
          mkdirSync(dirname(onDisk(path)), { recursive: true });
          writeFileSync(onDisk(path), bytes);
        }
      }
      changed.clear();
    },
  };
  return tree;
}

const isFolder = (path: string): boolean => statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;

const isEmptyFolder = (path: string): boolean => isFolder(path) && readdirSync(path).length === 0;

const isSame = (path: string, bytes: Buffer): boolean => existsSync(path) && readFileSync(path).equals(bytes);
