ALTER TABLE art ADD COLUMN year INTEGER;
INSERT INTO art (title) VALUES ('second');
