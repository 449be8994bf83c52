-- Undoes 0001_initial_schema.sql.
-- d1-migrate: undoes 0001_initial_schema.sql 653e0205d18bf96456b23911d8debba75019602f3b41584a32d768ffa49ed779
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 fc726e82c43185fa3c6568f86897e8f3154ddaa9fa4d343b265ad0209b053e64

DROP TABLE artwork_artists;

DROP TABLE artwork_tags;

DROP TABLE photos;

DROP TABLE logbook;

DROP TABLE artworks;

DROP TABLE users;

DROP TABLE artists;

DROP TABLE tags;
