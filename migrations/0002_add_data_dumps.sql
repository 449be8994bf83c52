-- Migration: Add data dumps
-- Generated: 2025-09-04 14:30:22
-- Environment: Compatible with Cloudflare D1

-- Public copies of the collection, offered for download. The files lie in R2 under object_key.
CREATE TABLE data_dumps (
    id TEXT PRIMARY KEY NOT NULL,
    object_key TEXT NOT NULL,
    format TEXT NOT NULL CHECK (format IN ('csv', 'geojson', 'json')),
    status TEXT NOT NULL DEFAULT 'pending' CHECK (status IN ('pending', 'ready', 'failed')),
    artwork_count INTEGER,
    byte_size INTEGER,
    sha256 TEXT,
    requested_by TEXT REFERENCES users(id) ON DELETE NO ACTION,
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    finished_at TEXT
);

CREATE UNIQUE INDEX idx_data_dumps_object_key ON data_dumps(object_key);
CREATE INDEX idx_data_dumps_requested_by ON data_dumps(requested_by);
CREATE INDEX idx_data_dumps_status_created_at ON data_dumps(status, created_at);
