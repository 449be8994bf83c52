-- Undoes 0002_add_data_dumps.sql.
-- d1-migrate: undoes 0002_add_data_dumps.sql 9c113fe145428177d7070b1372c142c844edd38ca465b0ee34826b8379eab39e
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 03570a0c62710a7a40f66db93488fc0e570f338bf1293ba027751ccd1fcf298f

DROP TABLE data_dumps;
