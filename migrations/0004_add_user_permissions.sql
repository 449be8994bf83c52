-- Migration: Add user permissions
-- Generated: 2025-09-11 16:47:03
-- Environment: Compatible with Cloudflare D1

-- What a user may do beyond contributing. A permission is withdrawn with revoked_at, so that it stays known who
-- could do what, and when.
CREATE TABLE user_permissions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE NO ACTION,
    permission TEXT NOT NULL CHECK (permission IN ('moderator', 'admin')),
    granted_by TEXT REFERENCES users(id) ON DELETE NO ACTION,
    granted_at TEXT NOT NULL DEFAULT (datetime('now')),
    revoked_at TEXT
);

CREATE INDEX idx_user_permissions_granted_by ON user_permissions(granted_by);
CREATE INDEX idx_user_permissions_user_id_permission ON user_permissions(user_id, permission);
