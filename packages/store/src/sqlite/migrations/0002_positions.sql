-- Every fix of every tracker. The key is the identity of a fix: a phone that sends one again, whatever happened in
-- between, finds it there. Without a rowid the table is the key's own tree, so the day of one device lies together
-- and no second index has to be kept.
CREATE TABLE position (
  device_no INTEGER NOT NULL,
  -- Epoch milliseconds, by the tracker's clock.
  time_ms INTEGER NOT NULL,
  -- 1e-7 degrees.
  lat_e7 INTEGER NOT NULL,
  lon_e7 INTEGER NOT NULL,
  -- Whom the fix was counted for when it arrived. No foreign keys: history outlives bikes and couriers.
  bike_no INTEGER,
  courier_no INTEGER,
  received_at_ms INTEGER NOT NULL,
  speed_mps REAL,
  heading_deg REAL,
  accuracy_m REAL,
  altitude_m REAL,
  battery_pct REAL,
  charging INTEGER,
  -- Why the fix did not move the marker; NULL for a plausible one.
  flag TEXT,
  -- JSON.
  attributes TEXT,
  PRIMARY KEY (device_no, time_ms, lat_e7, lon_e7)
) STRICT, WITHOUT ROWID;

-- Which devices reported for a bike or courier on which day (since 1970-01-01 UTC): the history of a bike reads the
-- ranges of these devices.
CREATE TABLE tracker_use (
  kind TEXT NOT NULL CHECK (kind IN ('bike', 'courier')),
  subject_no INTEGER NOT NULL,
  day INTEGER NOT NULL,
  device_no INTEGER NOT NULL,
  PRIMARY KEY (kind, subject_no, day, device_no)
) STRICT, WITHOUT ROWID;

-- The marker of each bike: its newest plausible fix.
CREATE TABLE latest_fix (
  bike_no INTEGER PRIMARY KEY,
  device_no INTEGER NOT NULL,
  courier_no INTEGER,
  time_ms INTEGER NOT NULL,
  received_at_ms INTEGER NOT NULL,
  lat_e7 INTEGER NOT NULL,
  lon_e7 INTEGER NOT NULL,
  speed_mps REAL,
  heading_deg REAL,
  accuracy_m REAL,
  altitude_m REAL,
  battery_pct REAL,
  charging INTEGER,
  -- Metres over all fixes that ever moved this marker.
  odometer_m REAL NOT NULL
) STRICT;

-- The last word of each device. With a fix it is written every half minute; the marker knows better in between.
CREATE TABLE device_contact (
  device_no INTEGER PRIMARY KEY,
  at_ms INTEGER NOT NULL,
  battery_pct REAL,
  charging INTEGER
) STRICT;
