-- Undoes 0002_add_data_dumps.sql.
-- d1-migrate: undoes 0002_add_data_dumps.sql 9c113fe145428177d7070b1372c142c844edd38ca465b0ee34826b8379eab39e
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 73d77a564e57ec456ef0712a3b40f5671aa60e93532a7a6e9dfb6fd967636dd6

DROP TABLE data_dumps;
