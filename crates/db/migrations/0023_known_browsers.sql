-- Browsers by which somebody came in before. Wrong tries of others do not hold up whoever comes by one of them.
CREATE TABLE known_browsers (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    -- Of what the browser shows.
    secret_sha256 BYTEA NOT NULL,
    -- When the person last came in by it.
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, person, secret_sha256),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

CREATE INDEX known_browsers_by_time ON known_browsers (tenant, seen_at);
