-- The bikes' service books. No foreign key: what a bike cost is asked for when the bike is gone, too.
CREATE TABLE service_entries (
  id text COLLATE "C" PRIMARY KEY,
  version integer NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  demo boolean NOT NULL,
  sort_key text COLLATE "C" NOT NULL,
  search_text text NOT NULL,
  bike_id text NOT NULL,
  kind text NOT NULL,
  at_ms bigint NOT NULL,
  cost_cents integer NOT NULL,
  odometer_km double precision,
  note text NOT NULL,
  due_ms bigint,
  due_km double precision
);
CREATE INDEX service_entries_by_sort ON service_entries (sort_key, id);
CREATE INDEX service_entries_by_bike ON service_entries (bike_id, sort_key, id);
CREATE INDEX service_entries_by_due ON service_entries (due_ms) WHERE due_ms IS NOT NULL;

-- In which zones each bike was when its marker was looked at last.
CREATE TABLE zone_presence (
  bike_no integer NOT NULL,
  zone_id text NOT NULL,
  PRIMARY KEY (bike_no, zone_id)
);

-- Bikes that came into a zone or left it. With the zone's name at the time: zones are renamed and removed.
CREATE TABLE zone_events (
  no integer GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  time_ms bigint NOT NULL,
  kind text NOT NULL,
  zone_id text NOT NULL,
  zone_name text NOT NULL,
  zone_kind text NOT NULL,
  bike_no integer NOT NULL,
  courier_no integer,
  lat double precision NOT NULL,
  lon double precision NOT NULL
);
CREATE INDEX zone_events_by_time ON zone_events (time_ms, no);
CREATE INDEX zone_events_by_zone ON zone_events (zone_id, time_ms, no);
CREATE INDEX zone_events_by_bike ON zone_events (bike_no, time_ms, no);
