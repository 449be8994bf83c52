-- Undoes 0002_add_data_dumps.sql.
-- d1-migrate: undoes 0002_add_data_dumps.sql 9c113fe145428177d7070b1372c142c844edd38ca465b0ee34826b8379eab39e
-- d1-migrate: class exact

DROP TABLE data_dumps;
