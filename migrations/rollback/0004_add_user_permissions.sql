-- Undoes 0004_add_user_permissions.sql.
-- d1-migrate: undoes 0004_add_user_permissions.sql 57a73ff7e7a14b88862b39d88eabd92aae5ca693cf15304d996663a25d6a42c1
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 0800a88b0373301c3d01408a438ca29748fac64855d78a0f015669c2f399fc7d

DROP TABLE user_permissions;
