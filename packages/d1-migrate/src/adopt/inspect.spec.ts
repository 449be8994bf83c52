import { join } from 'node:path';
import { temporaryFolder, writeFiles } from 'd1-core/testing';
import { inspectFolder } from './inspect.ts';

async function failingOf(texts: Readonly<Record<string, string>>) {
  const folder = temporaryFolder();
  writeFiles(folder, texts);
  const files = Object.keys(texts).map((name, at) => ({ name, path: join(folder, name), number: at + 1 }));
  const { failing } = await inspectFolder(files, []);
  return failing.map(({ name, line }) => `${name}:${line}`);
}

describe('the inspection of a folder', () => {
  it('rolls back a file that fails, so that one which does the same again is not listed too', async () => {
    expect(
      await failingOf({
        '0001_t.sql': 'CREATE TABLE t (a INTEGER);\n',
        '0002_u.sql': 'CREATE TABLE u (a INTEGER);\nALTER TABLE t ADD COLUMN b;\nDROP TABLE nowhere;\n',
        '0003_u.sql': 'CREATE TABLE u (a INTEGER);\nALTER TABLE t ADD COLUMN b;\n',
      }),
    ).toEqual(['0002_u.sql:3']);
  });

  it('lists a file that needs what was rolled back', async () => {
    expect(
      await failingOf({
        '0001_u.sql': 'CREATE TABLE u (a INTEGER);\nDROP TABLE nowhere;\n',
        '0002_u.sql': 'INSERT INTO u VALUES (1);\n',
      }),
    ).toEqual(['0001_u.sql:2', '0002_u.sql:1']);
  });
});
