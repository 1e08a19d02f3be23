-- What is filtered, searched or sorted is a column; what is only read with its row is JSON.
-- No foreign key where a row outlives what it names: a delivered parcel keeps its courier's id, and so do
-- issues and the change log.

CREATE TABLE meta (
  key TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT;

-- The log's name: a cursor of another database is worthless here.
INSERT INTO meta (key, value) VALUES
  ('log_id', lower(
    hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-a' ||
    substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6))));

-- The numbers given out so far. A number is never given twice, even if its row was removed.
CREATE TABLE counters (
  name TEXT PRIMARY KEY,
  value INTEGER NOT NULL
) STRICT;

INSERT INTO counters (name, value) VALUES
  ('bike_no', 0), ('courier_no', 0), ('device_no', 0), ('delivery_code', 0);

CREATE TABLE bikes (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  no INTEGER NOT NULL UNIQUE,
  code TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  status TEXT NOT NULL,
  note TEXT NOT NULL
) STRICT;
CREATE INDEX bikes_by_sort ON bikes (sort_key, id);
CREATE INDEX bikes_by_status ON bikes (status, sort_key, id);

CREATE TABLE couriers (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  no INTEGER NOT NULL UNIQUE,
  name TEXT NOT NULL,
  phone TEXT NOT NULL,
  shift TEXT NOT NULL,
  -- Unique: nobody rides a bike that another one is riding.
  bike_id TEXT UNIQUE REFERENCES bikes (id)
) STRICT;
CREATE INDEX couriers_by_sort ON couriers (sort_key, id);

CREATE TABLE deliveries (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  code TEXT NOT NULL UNIQUE,
  status TEXT NOT NULL,
  courier_id TEXT,
  -- The promised window of the dropoff.
  window_from_ms INTEGER NOT NULL,
  window_to_ms INTEGER NOT NULL,
  size TEXT NOT NULL,
  priority TEXT NOT NULL,
  pickup TEXT NOT NULL,
  dropoff TEXT NOT NULL,
  failure_reason TEXT,
  timeline TEXT NOT NULL,
  rating INTEGER,
  complaint TEXT
) STRICT;
-- Holds all that a list is filtered by: a search that finds little reads this index only, not the rows, which are ten
-- times as wide.
CREATE INDEX deliveries_by_sort ON deliveries (
  sort_key, id, status, courier_id, window_from_ms, window_to_ms, search_text
);
CREATE INDEX deliveries_by_status ON deliveries (status, sort_key, id);
CREATE INDEX deliveries_by_courier ON deliveries (courier_id, sort_key, id);
CREATE INDEX deliveries_by_window ON deliveries (window_to_ms, window_from_ms);

CREATE TABLE issues (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  kind TEXT NOT NULL,
  reporter TEXT NOT NULL,
  status TEXT NOT NULL,
  description TEXT NOT NULL,
  bike_id TEXT,
  courier_id TEXT,
  delivery_id TEXT,
  comments TEXT NOT NULL
) STRICT;
CREATE INDEX issues_by_sort ON issues (sort_key, id);
CREATE INDEX issues_by_status ON issues (status, sort_key, id);
CREATE INDEX issues_by_bike ON issues (bike_id) WHERE bike_id IS NOT NULL;
CREATE INDEX issues_by_courier ON issues (courier_id) WHERE courier_id IS NOT NULL;
CREATE INDEX issues_by_delivery ON issues (delivery_id) WHERE delivery_id IS NOT NULL;

CREATE TABLE zones (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  name TEXT NOT NULL,
  kind TEXT NOT NULL,
  polygon TEXT NOT NULL
) STRICT;
CREATE INDEX zones_by_sort ON zones (sort_key, id);

CREATE TABLE devices (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  no INTEGER NOT NULL UNIQUE,
  tracker_id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  bike_id TEXT REFERENCES bikes (id),
  courier_id TEXT REFERENCES couriers (id),
  -- sha-256 hex of the tracker's secret. Never part of an entity, so never in the change log.
  secret_hash TEXT NOT NULL,
  CHECK ((bike_id IS NULL) <> (courier_id IS NULL))
) STRICT;
CREATE INDEX devices_by_sort ON devices (sort_key, id);
CREATE INDEX devices_by_bike ON devices (bike_id) WHERE bike_id IS NOT NULL;
CREATE INDEX devices_by_courier ON devices (courier_id) WHERE courier_id IS NOT NULL;

CREATE TABLE users (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  name TEXT NOT NULL UNIQUE,
  role TEXT NOT NULL,
  disabled INTEGER NOT NULL,
  courier_id TEXT REFERENCES couriers (id),
  -- Encoded argon2id hash; NULL means sign-in by one-time link only. Never part of an entity.
  password_hash TEXT
) STRICT;
CREATE INDEX users_by_sort ON users (sort_key, id);
CREATE INDEX users_by_courier ON users (courier_id) WHERE courier_id IS NOT NULL;

CREATE TABLE sessions (
  token_hash TEXT PRIMARY KEY,
  user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
  created_at_ms INTEGER NOT NULL,
  expires_at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX sessions_by_user ON sessions (user_id);
CREATE INDEX sessions_by_expiry ON sessions (expires_at_ms);

-- The change log and audit trail: one line per row and version, written in the transaction of the change.
CREATE TABLE changes (
  seq INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  entity_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  entity TEXT,
  command TEXT NOT NULL,
  actor_id TEXT,
  actor TEXT NOT NULL,
  UNIQUE (kind, entity_id, version)
) STRICT;
CREATE INDEX changes_by_id ON changes (entity_id, seq);
CREATE INDEX changes_by_actor ON changes (actor_id, seq) WHERE actor_id IS NOT NULL;

CREATE TABLE idempotency (
  key TEXT PRIMARY KEY,
  fingerprint TEXT NOT NULL,
  outcome TEXT NOT NULL,
  at_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX idempotency_by_age ON idempotency (at_ms);
