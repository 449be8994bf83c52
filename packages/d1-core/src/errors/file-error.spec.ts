import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describeError } from '../report/index.ts';
import { D1Error, explainFileError, explainFileText, isDiskFull } from './index.ts';

/** What Node throws. */
const systemError = (code: string, facts: object = {}) =>
  Object.assign(new Error(`${code}: said by the system`), { code, syscall: 'write', ...facts });

function thrownBy(action: () => unknown): unknown {
  try {
    action();
  } catch (error) {
    return error;
  }
  throw new Error('It threw nothing.');
}

describe('an error of the file system', () => {
  it.each([
    ['ENOSPC', 'disk-full', 1],
    ['EDQUOT', 'disk-full', 1],
    ['EFBIG', 'disk-full', 1],
    ['EROFS', 'not-writable', 2],
    ['EACCES', 'not-writable', 2],
    ['EPERM', 'not-writable', 2],
    ['EIO', 'file-failed', 2],
  ])('%s is told as %s', (code, told, exitCode) => {
    const error = systemError(code, { path: '/somewhere/file' });
    expect(explainFileError(error)).toMatchObject({
      code: told,
      exitCode,
      message: expect.stringContaining(code),
      location: { file: '/somewhere/file' },
    });
    expect(isDiskFull(error)).toBe(told === 'disk-full');
  });

  it('is told from a real call, and never as a defect of the plugin', () => {
    const error = thrownBy(() => readFileSync('/nowhere/at/all'));
    expect(explainFileError(error)).toMatchObject({
      code: 'file-failed',
      location: { file: '/nowhere/at/all' },
    });
    expect(describeError(error).join(' ')).not.toContain('defect');
  });

  it('is told from SQLite too, and what SQLite says of SQL is not', () => {
    const database = new DatabaseSync(':memory:');
    database.exec('PRAGMA max_page_count = 2; CREATE TABLE a (x)');
    const full = thrownBy(() => database.exec('CREATE TABLE b (x)'));
    const wrong = thrownBy(() => database.exec('CREATE TABLE a (x)'));
    database.close();
    expect(explainFileError(full)).toMatchObject({ code: 'disk-full' });
    expect(explainFileError(wrong)).toBeUndefined();
    const missing = thrownBy(() => new DatabaseSync('/nowhere/at/all'));
    expect(explainFileError(missing)).toMatchObject({ code: 'file-failed' });
  });

  it('names the variable for another folder where the folder for temporary files is full', () => {
    const inTemporary = explainFileError(systemError('ENOSPC', { path: join(tmpdir(), 'd1', 'file') }));
    const elsewhere = explainFileError(systemError('ENOSPC', { path: '/somewhere/file' }));
    expect([inTemporary?.fix, elsewhere?.fix]).toEqual([
      expect.stringContaining('TMPDIR'),
      expect.not.stringContaining('TMPDIR'),
    ]);
  });

  it.each([
    ['of the network', systemError('ECONNRESET', { syscall: 'read' })],
    ['of a port', systemError('EACCES', { syscall: 'listen', address: '127.0.0.1' })],
    ['of a program', systemError('ENOENT', { syscall: 'spawn git', path: 'git' })],
    ['of our own', new D1Error({ code: 'locked', message: 'm', fix: 'f' })],
    ['of anything else', new TypeError('x is not a function')],
  ])('is not seen in one %s', (_, error) => {
    expect(explainFileError(error)).toBeUndefined();
  });

  it.each([
    ['database or disk is full: SQLITE_FULL","context_depth":0}', 'disk-full'],
    ['attempt to write a readonly database: SQLITE_READONLY', 'not-writable'],
    ["EROFS: read-only file system, mkdir '/a'", 'not-writable'],
    ['disk I/O error: SQLITE_IOERR_WRITE', 'file-failed'],
    ['no such table: a: SQLITE_ERROR', undefined],
  ])('is found in what another program says: %s', (text, code) => {
    expect(explainFileText(text)?.code).toBe(code);
  });
});
