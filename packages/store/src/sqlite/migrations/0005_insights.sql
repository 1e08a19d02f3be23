-- What figures are counted by. NULL district: written by an older version of the app; `maintain` fills it in.
ALTER TABLE deliveries ADD COLUMN district TEXT;
ALTER TABLE deliveries ADD COLUMN picked_up_at_ms INTEGER;
ALTER TABLE deliveries ADD COLUMN ended_at_ms INTEGER;
-- From pickup to dropoff, by street, roughly.
ALTER TABLE deliveries ADD COLUMN ride_m REAL;
-- Holds all that is counted, so that a month is counted without reading a row.
CREATE INDEX deliveries_by_end ON deliveries (
  ended_at_ms, status, courier_id, window_to_ms, district, picked_up_at_ms, ride_m
) WHERE ended_at_ms IS NOT NULL;
CREATE INDEX deliveries_without_district ON deliveries (id) WHERE district IS NULL;

-- Every state that a courier was in, as the change log has it, in columns: who worked when, on which bike.
CREATE TABLE courier_states (
  courier_id TEXT NOT NULL,
  version INTEGER NOT NULL,
  at_ms INTEGER NOT NULL,
  shift TEXT NOT NULL,
  bike_id TEXT,
  PRIMARY KEY (courier_id, version)
) STRICT, WITHOUT ROWID;
CREATE INDEX courier_states_by_time ON courier_states (courier_id, at_ms);

INSERT INTO courier_states (courier_id, version, at_ms, shift, bike_id)
SELECT entity_id, version, at_ms, coalesce(entity ->> 'shift', 'off'), entity ->> 'bikeId'
FROM changes WHERE kind = 'courier';
