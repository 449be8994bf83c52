import type { ReversibilityCase } from './case.ts';

const POSTS = `CREATE TABLE posts (id INTEGER PRIMARY KEY, title TEXT, body TEXT, state TEXT CHECK (state IN ('draft', 'live')));
  CREATE TABLE audit (id INTEGER PRIMARY KEY, post_id INTEGER);
  CREATE INDEX idx_posts_title ON posts (title);
  CREATE VIEW live AS SELECT id, title FROM posts WHERE state = 'live';
  CREATE VIEW live_titles AS SELECT title FROM live;
  CREATE TRIGGER posts_audit AFTER UPDATE ON posts BEGIN INSERT INTO audit (post_id) VALUES (new.id); END;`;

const SEARCH = `CREATE VIRTUAL TABLE search USING fts5(title, body, content='posts', content_rowid='id');
  CREATE TRIGGER posts_ai AFTER INSERT ON posts BEGIN INSERT INTO search (rowid, title, body) VALUES (new.id, new.title, new.body); END;
  CREATE TRIGGER posts_ad AFTER DELETE ON posts BEGIN INSERT INTO search (search, rowid, title, body) VALUES ('delete', old.id, old.title, old.body); END;`;

export const objectCases: readonly ReversibilityCase[] = [
  {
    name: 'new indexes: partial, unique, on an expression',
    before: POSTS,
    up: `CREATE INDEX i1 ON posts (title) WHERE state = 'live'; CREATE UNIQUE INDEX i2 ON posts (title, body);
      CREATE INDEX i3 ON posts (lower(title) COLLATE NOCASE DESC);`,
    class: 'exact',
  },
  { name: 'a dropped index', before: POSTS, up: 'DROP INDEX idx_posts_title;', class: 'exact' },
  {
    name: 'an index rebuilt with other columns',
    before: POSTS,
    up: 'DROP INDEX idx_posts_title; CREATE INDEX idx_posts_title ON posts (title, state);',
    class: 'exact',
  },
  { name: 'a dropped view', before: POSTS, up: 'DROP VIEW live_titles; DROP VIEW live;', class: 'exact' },
  {
    name: 'a view rebuilt',
    before: POSTS,
    up: "DROP VIEW live; CREATE VIEW live AS SELECT id, title, body FROM posts WHERE state = 'live';",
    class: 'exact',
  },
  {
    name: 'a trigger rebuilt, and a new one on a view',
    before: POSTS,
    up: `DROP TRIGGER posts_audit;
      CREATE TRIGGER posts_audit AFTER DELETE ON posts BEGIN INSERT INTO audit (post_id) VALUES (old.id); END;
      CREATE TRIGGER live_insert INSTEAD OF INSERT ON live BEGIN INSERT INTO posts (title, state) VALUES (new.title, 'live'); END;`,
    class: 'exact',
  },
  {
    name: 'a renamed column of a table that views and triggers name',
    before: POSTS,
    up: 'ALTER TABLE posts RENAME COLUMN body TO text; ALTER TABLE posts ADD COLUMN lead TEXT;',
    class: 'exact',
  },
  { name: 'a new full-text index', before: POSTS, up: SEARCH, class: 'exact' },
  {
    name: 'a dropped full-text index over a table',
    before: `${POSTS} ${SEARCH}`,
    up: 'DROP TRIGGER posts_ai; DROP TRIGGER posts_ad; DROP TABLE search;',
    class: 'exact',
  },
  {
    name: 'a dropped full-text index with its own text',
    before: 'CREATE VIRTUAL TABLE notes USING fts5(text);',
    up: 'DROP TABLE notes;',
    class: 'schema-only',
    loses: ['notes'],
  },
  {
    name: 'a rebuild of a table with a full-text index',
    before: `${POSTS} ${SEARCH}`,
    up: `DROP VIEW live_titles; DROP VIEW live; DROP TRIGGER posts_audit;
      CREATE TABLE posts_new (id INTEGER PRIMARY KEY, title TEXT NOT NULL, body TEXT, state TEXT);
      INSERT INTO posts_new SELECT * FROM posts;
      DROP TABLE posts; ALTER TABLE posts_new RENAME TO posts;`,
    class: 'exact',
  },
];
