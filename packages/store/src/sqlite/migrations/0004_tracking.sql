-- Links for customers, which show one delivery. The token is derived (delivery-secrets.ts) from `no`, which goes up when a
-- link was taken back, so that the next one is another.
CREATE TABLE tracking_links (
  delivery_id TEXT PRIMARY KEY,
  no INTEGER NOT NULL,
  -- sha-256 hex.
  token_hash TEXT NOT NULL UNIQUE,
  created_at_ms INTEGER NOT NULL,
  revoked_at_ms INTEGER
) STRICT;
