import type { Problem } from '../format/index.ts';
import { notRestorable } from './prove-dump.ts';

const orphan: Problem = {
  code: 'row-without-parent',
  where: 'database.sql, table "posts"',
  expected: 'rows that foreign keys find',
  found: 'row 7 points to none of "users"',
};
const different: Problem = { ...orphan, code: 'wrong-table', expected: '3 rows', found: '2 rows' };

describe('a dump that does not come back equal', () => {
  it('is the fault of the database where only foreign keys lead nowhere, and the rows are to be corrected', () => {
    const { message, fix, notes } = notRestorable([orphan]);
    expect(message).toContain('rows whose foreign key points to no row');
    expect(fix).toContain('Correct these rows');
    expect(fix).not.toContain('report it');
    expect(notes.join()).toContain('table "posts": expected rows that foreign keys find; found row 7');
  });

  it('is to be tried again where the copy differs', () => {
    expect(notRestorable([orphan, different]).fix).toContain('Run it again, and report it if it stays.');
  });
});
