-- Where people at work say that they live, of their own accord: so that the auditors are told when they read of
-- their own neighbours.
CREATE TABLE homes (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    -- Whose and where, sealed: a community or a grid.
    place TEXT NOT NULL,
    -- What it is held against without being opened. It says whose it is too, so that it tells nobody who lives
    -- where somebody else does.
    place_index BYTEA NOT NULL,
    declared_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, person)
);
