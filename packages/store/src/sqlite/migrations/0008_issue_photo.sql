-- An issue may have a photo, too: an attachment belongs to a delivery or to an issue.
ALTER TABLE issues ADD COLUMN photo_id TEXT;

ALTER TABLE attachments RENAME COLUMN delivery_id TO subject_id;
ALTER TABLE attachments ADD COLUMN subject_kind TEXT NOT NULL DEFAULT 'delivery';
