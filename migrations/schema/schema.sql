-- What the migrations give. Written by "validate --write": do not change it by hand.
-- Up to 0004_add_user_permissions.sql.

CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    display_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'anonymous')),
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE TABLE artists (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    biography TEXT,
    website TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE TABLE artworks (
    id TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL,
    description TEXT,
    address TEXT,
    latitude REAL NOT NULL,
    longitude REAL NOT NULL,
    status TEXT NOT NULL DEFAULT 'draft' CHECK (status IN ('draft', 'published', 'removed')),
    created_by TEXT REFERENCES users(id) ON DELETE NO ACTION,
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    updated_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE TABLE artwork_artists (
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    artist_id TEXT NOT NULL REFERENCES artists(id) ON DELETE NO ACTION,
    role TEXT NOT NULL DEFAULT 'artist' CHECK (role IN ('artist', 'assistant', 'commissioner')),
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (artwork_id, artist_id)
);

CREATE TABLE tags (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE TABLE artwork_tags (
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    tag_id TEXT NOT NULL REFERENCES tags(id) ON DELETE NO ACTION,
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (artwork_id, tag_id)
);

CREATE TABLE logbook (
    id TEXT PRIMARY KEY NOT NULL,
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    user_id TEXT REFERENCES users(id) ON DELETE NO ACTION,
    condition TEXT NOT NULL DEFAULT 'unknown' CHECK (condition IN ('good', 'damaged', 'missing', 'unknown')),
    note TEXT,
    visited_at TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE TABLE photos (
    id TEXT PRIMARY KEY NOT NULL,
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    logbook_id TEXT REFERENCES logbook(id) ON DELETE NO ACTION,
    original_key TEXT NOT NULL,
    thumbnail_key TEXT,
    content_type TEXT NOT NULL CHECK (content_type IN ('image/jpeg', 'image/png', 'image/webp')),
    byte_size INTEGER NOT NULL,
    caption TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

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

CREATE TABLE user_permissions (
    id TEXT PRIMARY KEY NOT NULL,
    user_id TEXT NOT NULL REFERENCES users(id) ON DELETE NO ACTION,
    permission TEXT NOT NULL CHECK (permission IN ('moderator', 'admin')),
    granted_by TEXT REFERENCES users(id) ON DELETE NO ACTION,
    granted_at TEXT NOT NULL DEFAULT (datetime('now')),
    revoked_at TEXT
);

CREATE UNIQUE INDEX idx_users_email ON users(email);

CREATE INDEX idx_artists_name ON artists(name);

CREATE INDEX idx_artworks_created_by ON artworks(created_by);

CREATE INDEX idx_artworks_latitude_longitude ON artworks(latitude, longitude);

CREATE INDEX idx_artworks_status_id ON artworks(status, id);

CREATE INDEX idx_artwork_artists_artist_id ON artwork_artists(artist_id);

CREATE UNIQUE INDEX idx_tags_name ON tags(name);

CREATE INDEX idx_artwork_tags_tag_id ON artwork_tags(tag_id);

CREATE INDEX idx_logbook_artwork_id_visited_at ON logbook(artwork_id, visited_at);

CREATE INDEX idx_logbook_user_id ON logbook(user_id);

CREATE INDEX idx_photos_artwork_id ON photos(artwork_id);

CREATE INDEX idx_photos_logbook_id ON photos(logbook_id);

CREATE UNIQUE INDEX idx_photos_original_key ON photos(original_key);

CREATE UNIQUE INDEX idx_data_dumps_object_key ON data_dumps(object_key);

CREATE INDEX idx_data_dumps_requested_by ON data_dumps(requested_by);

CREATE INDEX idx_data_dumps_status_created_at ON data_dumps(status, created_at);

CREATE INDEX idx_artwork_edits_artwork_id ON artwork_edits(artwork_id);

CREATE INDEX idx_artwork_edits_reviewed_by ON artwork_edits(reviewed_by);

CREATE INDEX idx_artwork_edits_status_created_at ON artwork_edits(status, created_at);

CREATE INDEX idx_artwork_edits_user_id ON artwork_edits(user_id);

CREATE INDEX idx_user_permissions_granted_by ON user_permissions(granted_by);

CREATE INDEX idx_user_permissions_user_id_permission ON user_permissions(user_id, permission);
