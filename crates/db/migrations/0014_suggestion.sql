-- What was learnt from the cases that were filed, to suggest matters: counts of words that several reporters
-- used, of nobody. Each training adds a version; the oldest are deleted.
CREATE TABLE suggestion_models (
    tenant UUID NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    trained_at BIGINT NOT NULL,
    -- Cases that it was made from.
    cases BIGINT NOT NULL,
    words BIGINT NOT NULL,
    -- How well it guesses cases that it was not told of.
    quality JSONB NOT NULL,
    model BYTEA NOT NULL,
    PRIMARY KEY (tenant, version)
);
