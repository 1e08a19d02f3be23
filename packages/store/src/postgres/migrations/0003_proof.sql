-- From which what is secret about a delivery is derived (delivery-secrets.ts): 244 random bits.
INSERT INTO meta (key, value) VALUES
  ('secret_key', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''));

ALTER TABLE deliveries
  ADD COLUMN pin_required boolean NOT NULL DEFAULT false,
  ADD COLUMN pin_failures integer NOT NULL DEFAULT 0,
  -- NULL until it was delivered with something that proves it.
  ADD COLUMN proof jsonb;

-- Photos and signatures: stored before the delivery names them, removed when none does for long. No foreign key: a
-- delivery that an undo took away may come back.
CREATE TABLE attachments (
  id text COLLATE "C" PRIMARY KEY,
  delivery_id text NOT NULL,
  kind text NOT NULL,
  media_type text NOT NULL,
  sha256 text NOT NULL,
  created_at_ms bigint NOT NULL,
  created_by text,
  bytes bytea NOT NULL
);
CREATE INDEX attachments_by_age ON attachments (created_at_ms);
-- Photos are compressed already.
ALTER TABLE attachments ALTER COLUMN bytes SET STORAGE EXTERNAL;
