-- Addresses of pages that somebody gave a name, each account its own.
CREATE TABLE saved_views (
  user_id text COLLATE "C" NOT NULL,
  id text COLLATE "C" NOT NULL,
  page text NOT NULL,
  name text NOT NULL,
  search text NOT NULL,
  created_at_ms bigint NOT NULL,
  PRIMARY KEY (user_id, id)
);
