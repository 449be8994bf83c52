import type { ReversibilityCase } from './case.ts';

const C = 'CREATE TABLE counted (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT);';

export const sequenceCases: readonly ReversibilityCase[] = [
  {
    name: 'a new table with AUTOINCREMENT',
    before: '',
    up: `${C} INSERT INTO counted (a) VALUES ('x');`,
    class: 'exact',
  },
  {
    name: 'a renamed table with AUTOINCREMENT',
    before: C,
    up: 'ALTER TABLE counted RENAME TO numbered;',
    class: 'exact',
  },
  {
    name: 'a dropped column beside AUTOINCREMENT',
    before: C,
    up: 'ALTER TABLE counted DROP COLUMN a;',
    class: 'schema-only',
    loses: ['counted.a'],
  },
  {
    name: 'AUTOINCREMENT that goes',
    before: C,
    up: 'CREATE TABLE counted_new (id INTEGER PRIMARY KEY, a TEXT); INSERT INTO counted_new SELECT * FROM counted; DROP TABLE counted; ALTER TABLE counted_new RENAME TO counted;',
    class: 'exact',
  },
  {
    name: 'AUTOINCREMENT that comes',
    before: 'CREATE TABLE plain (id INTEGER PRIMARY KEY, a TEXT);',
    up: 'CREATE TABLE plain_new (id INTEGER PRIMARY KEY AUTOINCREMENT, a TEXT); INSERT INTO plain_new SELECT * FROM plain; DROP TABLE plain; ALTER TABLE plain_new RENAME TO plain;',
    class: 'exact',
  },
  {
    name: 'a dropped table with AUTOINCREMENT',
    before: C,
    up: 'DROP TABLE counted;',
    class: 'schema-only',
    loses: ['counted'],
  },
];
