import { join } from 'node:path';
import { testWorkspace } from 'd1-core/testing';
import { terminalText } from 'd1-core/report';
import { targetIn } from '../testing/index.ts';
import { describeRehearsal, rehearse, type RehearseResult } from './index.ts';

const DUMP = `
CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT);
INSERT INTO users VALUES (1, 'one');
CREATE VIEW names AS SELECT id, name FROM users;
CREATE TRIGGER renames INSTEAD OF UPDATE ON names BEGIN UPDATE users SET name = NEW.name WHERE id = OLD.id; END;
CREATE TABLE notes (t TEXT);
INSERT INTO notes (rowid, t) VALUES (1, 'one'), (5, 'five');
CREATE VIRTUAL TABLE found USING fts5 (t, content = 'notes');
INSERT INTO found (found) VALUES ('rebuild');
CREATE TABLE books (id INTEGER PRIMARY KEY, t TEXT);
INSERT INTO books VALUES (1, 'one'), (5, 'five');
CREATE VIRTUAL TABLE shelf USING fts5 (t, content = 'books', content_rowid = 'id');
INSERT INTO shelf (shelf) VALUES ('rebuild');
CREATE VIRTUAL TABLE lost USING fts5 (t, content = 'nowhere');
`;

/** As an export writes it: in the order in which they were made, triggers before views. */
const EXPORTED = DUMP.replace(/(CREATE VIEW .*\n)(CREATE TRIGGER .*\n)/, '$2$1');

async function rehearsed(...migrations: readonly string[]): Promise<RehearseResult> {
  const names = migrations.map((text, index) => [`000${index + 1}_x.sql`, `${text}\n`] as const);
  const workspace = testWorkspace({ migrations: Object.fromEntries(names) });
  workspace.write({ 'dump.sql': EXPORTED });
  return rehearse({
    target: targetIn(workspace),
    source: { kind: 'file', file: join(workspace.root, 'dump.sql') },
  });
}

describe('a rehearsal on an export', () => {
  it('stops where a search does not find any more what is there, also when its text has another name', async () => {
    const result = await rehearsed(
      'CREATE TABLE n (t TEXT);\nINSERT INTO n SELECT t FROM notes;\nDROP TABLE notes;\nALTER TABLE n RENAME TO notes;',
      "INSERT INTO found (found) VALUES ('rebuild');\nALTER TABLE books RENAME TO volumes;",
      "UPDATE notes SET t = 'six' WHERE t = 'five';",
    );
    expect(result.error).toBeUndefined();
    expect(result.outcome).toBe('broken');
    expect(result.migrations.map(({ brokenSearches }) => brokenSearches)).toEqual([
      [{ table: 'found', fault: 'out-of-step' }],
      [{ table: 'shelf', fault: 'unusable' }],
      [{ table: 'found', fault: 'out-of-step' }],
    ]);
    const text = terminalText(describeRehearsal(result));
    expect(text).toContain('found after 0001_x.sql: its index is of other rows, or other words');
    expect(text).toContain('✖ shelf would not find what is there.');
    expect(text).not.toContain('no row is lost unannounced');
  });

  it('says of foreign keys to nothing that no row can satisfy them', async () => {
    const result = await rehearsed(
      'CREATE TABLE a (x REFERENCES nowhere);\nCREATE TABLE b (x TEXT REFERENCES users (name));',
    );
    expect(result.error).toBeUndefined();
    expect(result).toMatchObject({ outcome: 'passed', violations: [] });
    expect(result.brokenKeys).toEqual([
      { table: 'a', parent: 'nowhere', reason: 'there is no such table' },
      { table: 'b', parent: 'users', reason: '(name) is no key of it' },
    ]);
    const text = terminalText(describeRehearsal(result));
    expect(text).toContain(
      'a → nowhere: there is no such table; every row with a value in the key will be refused',
    );
  });

  it('stops where rows refer to nothing, which D1 does not notice in a generated column', async () => {
    const result = await rehearsed(
      'ALTER TABLE books ADD COLUMN owner INTEGER AS (id) VIRTUAL REFERENCES users (id);',
    );
    expect(result.error).toBeUndefined();
    expect(result).toMatchObject({
      outcome: 'broken',
      violations: [{ table: 'books', rowid: 5, parent: 'users' }],
    });
    expect(terminalText(describeRehearsal(result))).toContain(
      '✖ 1 row would refer to rows that are not there.',
    );
  });
});
