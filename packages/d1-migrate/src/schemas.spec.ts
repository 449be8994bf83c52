import { globSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { testSchemas } from 'd1-core/testing';
import { TEMPLATES } from './migration-template/index.ts';

const root = join(import.meta.dirname, '..');

testSchemas(root);

describe('the generator migration', () => {
  it('has a file for every template that it offers', () => {
    const files = globSync('src/generators/migration/files/*/__fileName__.template', { cwd: root });
    // What is made from the schema has no file.
    const fromFiles = TEMPLATES.filter((template) => template !== 'rebuild-table');
    expect(files.map((path) => basename(dirname(path))).toSorted()).toEqual(fromFiles.toSorted());
  });
});
