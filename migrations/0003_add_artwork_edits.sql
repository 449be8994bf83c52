-- Migration: Add artwork edits
-- Generated: 2025-09-08 10:05:51
-- Environment: Compatible with Cloudflare D1

-- Proposed corrections, one field each, so that a moderator can accept one and reject another. old_value is what
-- the artwork said when the edit was proposed. A visitor without an account has no user_id.
CREATE TABLE artwork_edits (
    id TEXT PRIMARY KEY NOT NULL,
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    user_id TEXT REFERENCES users(id) ON DELETE NO ACTION,
    field_name TEXT NOT NULL CHECK (field_name IN ('title', 'description', 'address')),
    old_value TEXT,
    new_value TEXT NOT NULL,
    comment TEXT,
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'approved', 'rejected')),
    reviewed_by TEXT REFERENCES users(id) ON DELETE NO ACTION,
    reviewed_at TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE INDEX idx_artwork_edits_artwork_id ON artwork_edits(artwork_id);
CREATE INDEX idx_artwork_edits_reviewed_by ON artwork_edits(reviewed_by);
CREATE INDEX idx_artwork_edits_status_created_at ON artwork_edits(status, created_at);
CREATE INDEX idx_artwork_edits_user_id ON artwork_edits(user_id);
