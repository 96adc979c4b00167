-- A comment may be meant for the units that have a part in the case, and may bring files: for each its object,
-- its name and its size, as the comment's line in the journal has them.
ALTER TABLE case_comments ADD COLUMN units BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE case_comments ADD COLUMN attachments JSONB NOT NULL DEFAULT '[]';
