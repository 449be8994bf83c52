-- Undoes 0004_add_user_permissions.sql.
-- d1-migrate: undoes 0004_add_user_permissions.sql 57a73ff7e7a14b88862b39d88eabd92aae5ca693cf15304d996663a25d6a42c1
-- d1-migrate: class exact

DROP TABLE user_permissions;
