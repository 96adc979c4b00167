-- The record that every capability appends to. The chain hashes a salted commitment of each body, so that a
-- body can be erased, with its salt, and the chain still holds.
CREATE TABLE journal (
  tenant UUID NOT NULL,
  stream TEXT NOT NULL,
  id UUID NOT NULL,
  seq BIGINT NOT NULL,
  at BIGINT NOT NULL,
  actor UUID,
  role TEXT NOT NULL,
  command TEXT NOT NULL,
  commitment BYTEA NOT NULL,
  prev_hash BYTEA NOT NULL,
  hash BYTEA NOT NULL,
  salt BYTEA,
  body TEXT,
  PRIMARY KEY (tenant, stream, id, seq),
  CHECK ((salt IS NULL) = (body IS NULL))
);
