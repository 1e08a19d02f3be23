-- Addresses of pages that somebody gave a name, each account its own.
CREATE TABLE saved_views (
  user_id TEXT NOT NULL,
  id TEXT NOT NULL,
  page TEXT NOT NULL,
  name TEXT NOT NULL,
  search TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  PRIMARY KEY (user_id, id)
) STRICT, WITHOUT ROWID;
