INSERT INTO art (title) VALUES ('first');
