-- From which what is secret about a delivery is derived (delivery-secrets.ts).
INSERT INTO meta (key, value) VALUES ('secret_key', lower(hex(randomblob(32))));

ALTER TABLE deliveries ADD COLUMN pin_required INTEGER NOT NULL DEFAULT 0;
ALTER TABLE deliveries ADD COLUMN pin_failures INTEGER NOT NULL DEFAULT 0;
-- JSON; NULL until it was delivered with something that proves it.
ALTER TABLE deliveries ADD COLUMN proof TEXT;

-- Photos and signatures: stored before the delivery names them, removed when none does for long. No foreign key: a
-- delivery that an undo took away may come back.
CREATE TABLE attachments (
  id TEXT PRIMARY KEY,
  delivery_id TEXT NOT NULL,
  kind TEXT NOT NULL,
  media_type TEXT NOT NULL,
  sha256 TEXT NOT NULL,
  created_at_ms INTEGER NOT NULL,
  created_by TEXT,
  -- Last, so that the columns before it are read without it.
  bytes BLOB NOT NULL
) STRICT;
CREATE INDEX attachments_by_age ON attachments (created_at_ms);
