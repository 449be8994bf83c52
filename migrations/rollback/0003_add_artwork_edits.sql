-- Undoes 0003_add_artwork_edits.sql.
-- d1-migrate: undoes 0003_add_artwork_edits.sql 14af1e6000353790e33b1f1a1c3e16c6db1d0b45cf7820b6b156b74392c09142
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 4d460aaf267c9ca5e76df80d093f2a7689efb28de8251700bf1798bb4f8c2e68

DROP TABLE artwork_edits;
