-- Every fix of every tracker. The key is the identity of a fix: a phone that sends one again, whatever happened in
-- between, finds it there. One partition for each day (UTC), made by the app: ahead of time and when a fix of another
-- day arrives. There is no DEFAULT partition: every later partition would have to scan and lock it, and DETACH
-- CONCURRENTLY is refused beside one.
CREATE TABLE position (
  -- By the tracker's clock, to the millisecond.
  time timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  speed_mps double precision,
  heading_deg double precision,
  accuracy_m double precision,
  altitude_m double precision,
  battery_pct double precision,
  device_no integer NOT NULL,
  -- 1e-7 degrees.
  lat_e7 integer NOT NULL,
  lon_e7 integer NOT NULL,
  -- Whom the fix was counted for when it arrived. No foreign keys: history outlives bikes and couriers.
  bike_no integer,
  courier_no integer,
  charging boolean,
  -- Why the fix did not move the marker; NULL for a plausible one.
  flag text,
  -- json keeps the text as it came; jsonb refuses a NUL character.
  attributes json,
  PRIMARY KEY (device_no, time, lat_e7, lon_e7)
) PARTITION BY RANGE (time);

-- Which devices reported for a bike or courier on which day (since 1970-01-01 UTC): the history of a bike reads the
-- ranges of these devices.
CREATE TABLE tracker_use (
  kind text NOT NULL CHECK (kind IN ('bike', 'courier')),
  subject_no integer NOT NULL,
  day integer NOT NULL,
  device_no integer NOT NULL,
  PRIMARY KEY (kind, subject_no, day, device_no)
);

-- The marker of each bike: its newest plausible fix. Rewritten with every fix, so the pages are kept half empty: the
-- new version stays on its page and no index is touched (HOT).
CREATE TABLE latest_fix (
  bike_no integer PRIMARY KEY,
  device_no integer NOT NULL,
  courier_no integer,
  time timestamptz NOT NULL,
  received_at timestamptz NOT NULL,
  lat_e7 integer NOT NULL,
  lon_e7 integer NOT NULL,
  speed_mps double precision,
  heading_deg double precision,
  accuracy_m double precision,
  altitude_m double precision,
  battery_pct double precision,
  charging boolean,
  -- Metres over all fixes that ever moved this marker.
  odometer_m double precision NOT NULL
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);

-- The last word of each device. With a fix it is written every half minute; the marker knows better in between.
CREATE TABLE device_contact (
  device_no integer PRIMARY KEY,
  at timestamptz NOT NULL,
  battery_pct double precision,
  charging boolean
) WITH (fillfactor = 50);
