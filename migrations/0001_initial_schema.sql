-- Migration: Initial schema
-- Generated: 2025-09-04 09:12:40
-- Environment: Compatible with Cloudflare D1

-- Every foreign key says ON DELETE NO ACTION. CASCADE and SET NULL also fire when a later migration drops a table
-- to rebuild it, and D1 would then lose the child rows without an error. A person who leaves is made anonymous,
-- an artwork that is gone gets the status removed: neither row is deleted.

-- People who contribute.
CREATE TABLE users (
    id TEXT PRIMARY KEY NOT NULL,
    email TEXT NOT NULL,
    display_name TEXT NOT NULL,
    status TEXT NOT NULL DEFAULT 'active' CHECK (status IN ('active', 'suspended', 'anonymous')),
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE UNIQUE INDEX idx_users_email ON users(email);

-- People and groups who made the artworks.
CREATE TABLE artists (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    biography TEXT,
    website TEXT,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE INDEX idx_artists_name ON artists(name);

-- Public art, each with its place in degrees (WGS 84).
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

CREATE INDEX idx_artworks_created_by ON artworks(created_by);
CREATE INDEX idx_artworks_latitude_longitude ON artworks(latitude, longitude);
CREATE INDEX idx_artworks_status_id ON artworks(status, id);

-- The primary key also serves as the index of artwork_id.
CREATE TABLE artwork_artists (
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    artist_id TEXT NOT NULL REFERENCES artists(id) ON DELETE NO ACTION,
    role TEXT NOT NULL DEFAULT 'artist' CHECK (role IN ('artist', 'assistant', 'commissioner')),
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (artwork_id, artist_id)
);

CREATE INDEX idx_artwork_artists_artist_id ON artwork_artists(artist_id);

CREATE TABLE tags (
    id TEXT PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE UNIQUE INDEX idx_tags_name ON tags(name);

-- The primary key also serves as the index of artwork_id.
CREATE TABLE artwork_tags (
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    tag_id TEXT NOT NULL REFERENCES tags(id) ON DELETE NO ACTION,
    created_at TEXT NOT NULL DEFAULT (datetime('now')),
    PRIMARY KEY (artwork_id, tag_id)
);

CREATE INDEX idx_artwork_tags_tag_id ON artwork_tags(tag_id);

-- What a visitor saw: one entry a visit.
CREATE TABLE logbook (
    id TEXT PRIMARY KEY NOT NULL,
    artwork_id TEXT NOT NULL REFERENCES artworks(id) ON DELETE NO ACTION,
    user_id TEXT REFERENCES users(id) ON DELETE NO ACTION,
    condition TEXT NOT NULL DEFAULT 'unknown' CHECK (condition IN ('good', 'damaged', 'missing', 'unknown')),
    note TEXT,
    visited_at TEXT NOT NULL,
    created_at TEXT NOT NULL DEFAULT (datetime('now'))
);

CREATE INDEX idx_logbook_artwork_id_visited_at ON logbook(artwork_id, visited_at);
CREATE INDEX idx_logbook_user_id ON logbook(user_id);

-- The pictures themselves lie in R2, below originals/ and thumbnails/.
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

CREATE INDEX idx_photos_artwork_id ON photos(artwork_id);
CREATE INDEX idx_photos_logbook_id ON photos(logbook_id);
CREATE UNIQUE INDEX idx_photos_original_key ON photos(original_key);
