-- Links for customers, which show one delivery. The token is derived (delivery-secrets.ts) from `no`, which goes up when a
-- link was taken back, so that the next one is another.
CREATE TABLE tracking_links (
  delivery_id text COLLATE "C" PRIMARY KEY,
  no integer NOT NULL,
  -- sha-256 hex.
  token_hash text NOT NULL UNIQUE,
  created_at_ms bigint NOT NULL,
  revoked_at_ms bigint
);
