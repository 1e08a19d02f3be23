-- The text index of 0001 once more: it is missing where pg_trgm could not be installed then.
DO $$
BEGIN
  CREATE EXTENSION IF NOT EXISTS pg_trgm;
EXCEPTION WHEN insufficient_privilege OR undefined_file OR feature_not_supported THEN
  RAISE NOTICE 'pg_trgm is not available: searching will be slow beyond some 50,000 deliveries';
END $$;
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm') THEN
    CREATE INDEX IF NOT EXISTS deliveries_by_text ON deliveries USING gin (search_text gin_trgm_ops);
  END IF;
END $$;
