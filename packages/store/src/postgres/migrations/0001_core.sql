-- What is filtered, searched or sorted is a column; what is only read with its row is JSON.
-- No foreign key where a row outlives what it names: a delivered parcel keeps its courier's id, and so do
-- issues and the change log. Sort keys and ids compare by byte (COLLATE "C"): the same order on every server, and the
-- same as SQLite's.

CREATE TABLE meta (
  key text PRIMARY KEY,
  value text NOT NULL
);

-- The log's name: a cursor of another database is worthless here.
INSERT INTO meta (key, value) VALUES
  ('log_id', gen_random_uuid()::text),
  -- Added to transaction ids in `changes.seq`; see postgres/change-log.ts.
  ('xid_offset', '0');

-- The numbers given out so far. A number is never given twice, even if its row was removed.
CREATE SEQUENCE bike_no AS integer;
CREATE SEQUENCE courier_no AS integer;
CREATE SEQUENCE device_no AS integer;
CREATE SEQUENCE delivery_code AS integer;

CREATE TABLE bikes (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  no integer NOT NULL UNIQUE,
  code text NOT NULL UNIQUE,
  kind text NOT NULL,
  status text NOT NULL,
  note text NOT NULL
);
CREATE INDEX bikes_by_sort ON bikes (sort_key, id);
CREATE INDEX bikes_by_status ON bikes (status, sort_key, id);

CREATE TABLE couriers (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  no integer NOT NULL UNIQUE,
  name text NOT NULL,
  phone text NOT NULL,
  shift text NOT NULL,
  -- Unique: nobody rides a bike that another one is riding.
  bike_id text UNIQUE REFERENCES bikes (id)
);
CREATE INDEX couriers_by_sort ON couriers (sort_key, id);

CREATE TABLE deliveries (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  code text NOT NULL UNIQUE,
  status text NOT NULL,
  courier_id text,
  -- The promised window of the dropoff.
  window_from_ms bigint NOT NULL,
  window_to_ms bigint NOT NULL,
  size text NOT NULL,
  priority text NOT NULL,
  pickup jsonb NOT NULL,
  dropoff jsonb NOT NULL,
  failure_reason text,
  timeline jsonb NOT NULL,
  rating integer,
  complaint text
);
CREATE INDEX deliveries_by_sort ON deliveries (sort_key, id);
CREATE INDEX deliveries_by_status ON deliveries (status, sort_key, id);
CREATE INDEX deliveries_by_courier ON deliveries (courier_id, sort_key, id);
CREATE INDEX deliveries_by_window ON deliveries (window_to_ms, window_from_ms);

CREATE TABLE issues (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  kind text NOT NULL,
  reporter text NOT NULL,
  status text NOT NULL,
  description text NOT NULL,
  bike_id text,
  courier_id text,
  delivery_id text,
  comments jsonb NOT NULL
);
CREATE INDEX issues_by_sort ON issues (sort_key, id);
CREATE INDEX issues_by_status ON issues (status, sort_key, id);
CREATE INDEX issues_by_bike ON issues (bike_id) WHERE bike_id IS NOT NULL;
CREATE INDEX issues_by_courier ON issues (courier_id) WHERE courier_id IS NOT NULL;
CREATE INDEX issues_by_delivery ON issues (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE zones (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  name text NOT NULL,
  kind text NOT NULL,
  polygon jsonb NOT NULL
);
CREATE INDEX zones_by_sort ON zones (sort_key, id);

CREATE TABLE devices (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  no integer NOT NULL UNIQUE,
  tracker_id text NOT NULL UNIQUE,
  name text NOT NULL,
  bike_id text REFERENCES bikes (id),
  courier_id text REFERENCES couriers (id),
  -- sha-256 hex of the tracker's secret. Never part of an entity, so never in the change log.
  secret_hash text NOT NULL,
  CHECK ((bike_id IS NULL) <> (courier_id IS NULL))
);
CREATE INDEX devices_by_sort ON devices (sort_key, id);
CREATE INDEX devices_by_bike ON devices (bike_id) WHERE bike_id IS NOT NULL;
CREATE INDEX devices_by_courier ON devices (courier_id) WHERE courier_id IS NOT NULL;

CREATE TABLE users (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  name text NOT NULL UNIQUE,
  role text NOT NULL,
  disabled boolean NOT NULL,
  courier_id text REFERENCES couriers (id),
  -- Encoded argon2id hash; NULL means sign-in by one-time link only. Never part of an entity.
  password_hash text
);
CREATE INDEX users_by_sort ON users (sort_key, id);
CREATE INDEX users_by_courier ON users (courier_id) WHERE courier_id IS NOT NULL;

CREATE TABLE sessions (
  token_hash text PRIMARY KEY,
  user_id text NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL
);
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

-- The change log and audit trail: one line per row and version, written in the transaction of the change.
CREATE TABLE changes (
  seq bigint PRIMARY KEY,
  at_ms bigint NOT NULL,
  kind text NOT NULL,
  entity_id text NOT NULL,
  version integer NOT NULL,
  entity jsonb,
  command text NOT NULL,
  actor_id text,
  actor text NOT NULL,
  UNIQUE (kind, entity_id, version)
);
CREATE INDEX changes_by_id ON changes (entity_id, seq);
CREATE INDEX changes_by_actor ON changes (actor_id, seq) WHERE actor_id IS NOT NULL;

CREATE TABLE idempotency (
  key text PRIMARY KEY,
  fingerprint text NOT NULL,
  outcome jsonb NOT NULL,
  at_ms bigint NOT NULL
);
CREATE INDEX idempotency_by_age ON idempotency (at_ms);

-- Search for a part of a word. pg_trgm is in PostgreSQL's contrib and trusted: the owner of the database may install it.
-- Where it is missing, search still works, by reading every row.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available: searching will be slow beyond some 50,000 deliveries';
END $$;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX deliveries_by_text ON deliveries USING gin (search_text gin_trgm_ops);
  END IF;
END $$;
