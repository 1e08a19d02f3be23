-- An issue may have a photo, too: an attachment belongs to a delivery or to an issue.
ALTER TABLE issues ADD COLUMN photo_id text;

ALTER TABLE attachments RENAME COLUMN delivery_id TO subject_id;
ALTER TABLE attachments ADD COLUMN subject_kind text NOT NULL DEFAULT 'delivery';
ALTER TABLE attachments ALTER COLUMN subject_kind DROP DEFAULT;
