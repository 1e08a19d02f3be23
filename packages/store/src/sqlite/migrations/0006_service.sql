-- The bikes' service books. No foreign key: what a bike cost is asked for when the bike is gone, too.
CREATE TABLE service_entries (
  id TEXT PRIMARY KEY,
  version INTEGER NOT NULL,
  created_at_ms INTEGER NOT NULL,
  updated_at_ms INTEGER NOT NULL,
  demo INTEGER NOT NULL,
  sort_key TEXT NOT NULL,
  search_text TEXT NOT NULL,
  bike_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  at_ms INTEGER NOT NULL,
  cost_cents INTEGER NOT NULL,
  odometer_km REAL,
  note TEXT NOT NULL,
  due_ms INTEGER,
  due_km REAL
) STRICT;
CREATE INDEX service_entries_by_sort ON service_entries (sort_key, id);
CREATE INDEX service_entries_by_bike ON service_entries (bike_id, sort_key, id);
CREATE INDEX service_entries_by_due ON service_entries (due_ms) WHERE due_ms IS NOT NULL;

-- In which zones each bike was when its marker was looked at last.
CREATE TABLE zone_presence (
  bike_no INTEGER NOT NULL,
  zone_id TEXT NOT NULL,
  PRIMARY KEY (bike_no, zone_id)
) STRICT, WITHOUT ROWID;

-- Bikes that came into a zone or left it. With the zone's name at the time: zones are renamed and removed.
CREATE TABLE zone_events (
  no INTEGER PRIMARY KEY,
  time_ms INTEGER NOT NULL,
  kind TEXT NOT NULL,
  zone_id TEXT NOT NULL,
  zone_name TEXT NOT NULL,
  zone_kind TEXT NOT NULL,
  bike_no INTEGER NOT NULL,
  courier_no INTEGER,
  lat REAL NOT NULL,
  lon REAL NOT NULL
) STRICT;
CREATE INDEX zone_events_by_time ON zone_events (time_ms, no);
CREATE INDEX zone_events_by_zone ON zone_events (zone_id, time_ms, no);
CREATE INDEX zone_events_by_bike ON zone_events (bike_no, time_ms, no);
