import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder, writeFiles } from '../testing/index.ts';
import { folderTree } from './index.ts';

function treeOf(files: Readonly<Record<string, string>>) {
  const root = temporaryFolder();
  writeFiles(root, files);
  return folderTree(root);
}

describe('the tree of a folder', () => {
  it('has what is written to it, and the disk only after commit', () => {
    const tree = treeOf({ 'a/old.sql': 'old', 'a/gone.sql': 'gone' });
    tree.write('a/new.sql', 'new');
    tree.write('a/old.sql', Buffer.from('changed'));
    tree.delete('a/gone.sql');
    expect(tree.children('a')).toEqual(['new.sql', 'old.sql']);
    expect(tree.read('a/old.sql', 'utf8')).toBe('changed');
    expect(tree.read('a/gone.sql')).toBeNull();
    expect(readFileSync(join(tree.root, 'a/old.sql'), 'utf8')).toBe('old');
    expect(tree.changes()).toEqual([
      { kind: 'CREATE', path: 'a/new.sql' },
      { kind: 'UPDATE', path: 'a/old.sql' },
      { kind: 'DELETE', path: 'a/gone.sql' },
    ]);
    tree.commit();
    expect(readFileSync(join(tree.root, 'a/new.sql'), 'utf8')).toBe('new');
    expect(existsSync(join(tree.root, 'a/gone.sql'))).toBe(false);
    expect(tree.changes()).toEqual([]);
  });

  it('tells files, folders and what is not there apart', () => {
    const tree = treeOf({ 'a/b/c.sql': '' });
    mkdirSync(join(tree.root, 'empty'));
    tree.write('new/d.sql', '');
    expect(['a', 'a/b/c.sql', 'empty', 'new', 'nothing'].map((path) => tree.exists(path))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ]);
    expect(['a', 'a/b/c.sql', 'new/d.sql', 'nothing'].map((path) => tree.isFile(path))).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(tree.children('nothing')).toEqual([]);
    expect(tree.children('.')).toEqual(['a', 'empty', 'new']);
  });

  it('deletes a folder with what is in it, and can write it again', () => {
    const tree = treeOf({ 'a/b.sql': 'b', 'a/c/d.sql': 'd' });
    tree.delete('a');
    expect(tree.exists('a/b.sql')).toBe(false);
    expect(tree.children('a/c')).toEqual([]);
    tree.write('a/b.sql', 'again');
    tree.commit();
    expect(readFileSync(join(tree.root, 'a/b.sql'), 'utf8')).toBe('again');
    expect(existsSync(join(tree.root, 'a/c/d.sql'))).toBe(false);
  });

  it('reaches a folder outside, as migrations_dir may name one', () => {
    const { root } = treeOf({ 'migrations/1.sql': 'one', 'apps/api/wrangler.toml': '' });
    const tree = folderTree(join(root, 'apps/api'));
    expect(tree.children('../../migrations')).toEqual(['1.sql']);
    tree.write('../../migrations/2.sql', 'two');
    expect(tree.children('../../migrations')).toEqual(['1.sql', '2.sql']);
    tree.commit();
    expect(readFileSync(join(root, 'migrations/2.sql'), 'utf8')).toBe('two');
  });

  it('says nothing of what is written as it is', () => {
    const tree = treeOf({ 'a.sql': 'same' });
    tree.write('a.sql', 'same');
    tree.write('b.sql', '');
    tree.delete('b.sql');
    expect(tree.changes()).toEqual([]);
  });
});
