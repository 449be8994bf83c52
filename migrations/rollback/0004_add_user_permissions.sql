-- Undoes 0004_add_user_permissions.sql.
-- d1-migrate: undoes 0004_add_user_permissions.sql 57a73ff7e7a14b88862b39d88eabd92aae5ca693cf15304d996663a25d6a42c1
-- d1-migrate: class exact
-- d1-migrate: proof 1 by wrangler 4.156.0 48ec3aa6292353c222fbb0e8ef2797b48810c401399166ad44ea291347beca59

DROP TABLE user_permissions;
