-- Undoes 0003_add_artwork_edits.sql.
-- d1-migrate: undoes 0003_add_artwork_edits.sql 14af1e6000353790e33b1f1a1c3e16c6db1d0b45cf7820b6b156b74392c09142
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 a0de96c8930d7b7d29eab411fb1f8f8e51d2342ff856d02097bc78cb8cd962cf

DROP TABLE artwork_edits;
