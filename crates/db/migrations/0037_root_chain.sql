-- Each root names the one before it, so that none can be taken out or put in, and says in what is signed whether
-- that one still held. No release kept roots of the kind before, which could not say either.
DROP TABLE journal_roots;
CREATE TABLE journal_roots (
    tenant UUID NOT NULL,
    -- From 1, without a gap.
    number BIGINT NOT NULL CHECK (number > 0),
    made_at BIGINT NOT NULL,
    -- Lines up to this instant are in it.
    until BIGINT NOT NULL,
    streams BIGINT NOT NULL,
    lines BIGINT NOT NULL,
    root BYTEA NOT NULL,
    -- SHA-256 of the root before, as it is kept outside.
    before BYTEA NOT NULL,
    -- Whether the journal still came to the root before when this one was made.
    holds BOOLEAN NOT NULL,
    public_key BYTEA NOT NULL,
    signature BYTEA NOT NULL,
    PRIMARY KEY (tenant, number)
);
