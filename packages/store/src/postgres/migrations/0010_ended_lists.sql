-- Also holds what lists are ordered by: the deliveries that ended on a day are found and sorted without reading a row.
DROP INDEX deliveries_by_end;
CREATE INDEX deliveries_by_end ON deliveries (ended_at_ms)
  INCLUDE (status, courier_id, window_to_ms, district, picked_up_at_ms, ride_m, sort_key, id)
  WHERE ended_at_ms IS NOT NULL;
CREATE INDEX deliveries_by_district ON deliveries (district, sort_key, id);
