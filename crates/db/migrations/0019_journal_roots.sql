-- What the journal came to at the end of each day, signed. Each is also a file beside the database, to be kept
-- elsewhere.
CREATE TABLE journal_roots (
    tenant UUID NOT NULL,
    -- Lines up to this instant are in it.
    until BIGINT NOT NULL,
    made_at BIGINT NOT NULL,
    streams BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    root BYTEA NOT NULL,
    -- Whether the journal still came to the root before when this one was made.
    holds BOOLEAN NOT NULL,
    public_key BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    PRIMARY KEY (tenant, until)
);
