import type { ReversibilityCase } from './case.ts';

const DOCS = 'CREATE TABLE docs (id INTEGER PRIMARY KEY, title TEXT, body TEXT);';
const INDEX = `CREATE VIRTUAL TABLE found USING fts5(title, body, content='docs', content_rowid='id', tokenize='porter unicode61');
  CREATE TRIGGER docs_ai AFTER INSERT ON docs BEGIN INSERT INTO found (rowid, title, body) VALUES (new.id, new.title, new.body); END;
  CREATE TRIGGER docs_ad AFTER DELETE ON docs BEGIN INSERT INTO found (found, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END;
  CREATE TRIGGER docs_au AFTER UPDATE ON docs BEGIN
    INSERT INTO found (found, rowid, title, body) VALUES ('delete', old.id, old.title, old.body);
    INSERT INTO found (rowid, title, body) VALUES (new.id, new.title, new.body);
  END;`;

export const searchCases: readonly ReversibilityCase[] = [
  {
    name: 'an index with its triggers, filled',
    before: DOCS,
    up: `${INDEX} INSERT INTO found (found) VALUES ('rebuild');`,
    class: 'exact',
  },
  {
    name: 'a new index with its own text',
    before: '',
    up: 'CREATE VIRTUAL TABLE notes USING fts5(title, body UNINDEXED, prefix=2);',
    class: 'exact',
  },
  {
    name: 'an index without any text',
    before: '',
    up: "CREATE VIRTUAL TABLE bare USING fts5(title, content='');",
    class: 'exact',
  },
  {
    name: 'the words of an index',
    before: `${DOCS} ${INDEX}`,
    up: "CREATE VIRTUAL TABLE words USING fts5vocab('found', 'row');",
    class: 'exact',
  },
  {
    name: 'an index that is rebuilt with other columns',
    before: `${DOCS} ${INDEX}`,
    up: `DROP TRIGGER docs_ai; DROP TRIGGER docs_ad; DROP TRIGGER docs_au; DROP TABLE found; CREATE VIRTUAL TABLE found USING fts5(title, content='docs', content_rowid='id');`,
    class: 'exact',
  },
  {
    name: 'rows that the triggers of an index see',
    before: `${DOCS} ${INDEX}`,
    up: "INSERT INTO docs (id, title, body) VALUES (1, 'fish', 'a fish'), (2, 'bird', NULL);",
    class: 'exact',
  },
  {
    name: 'an added column of a table with an index',
    before: `${DOCS} ${INDEX}`,
    up: 'ALTER TABLE docs ADD COLUMN lang TEXT;',
    class: 'exact',
  },
  {
    name: 'a renamed table with an index',
    before: DOCS,
    up: 'ALTER TABLE docs RENAME TO texts;',
    class: 'exact',
  },
  {
    name: 'a rebuild of a table with an index and its triggers',
    before: `${DOCS} ${INDEX}`,
    up: `CREATE TABLE docs_new (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT); INSERT INTO docs_new SELECT * FROM docs; DROP TABLE docs; ALTER TABLE docs_new RENAME TO docs; INSERT INTO found (found) VALUES ('rebuild');`,
    class: 'exact',
  },
];
