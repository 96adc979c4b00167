-- The second step at sign-in (RFC 6238): begun until its first code came right, asked for from then on.
CREATE TABLE second_steps (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    -- Sealed.
    secret TEXT NOT NULL,
    begun_at BIGINT NOT NULL,
    confirmed_at BIGINT,
    -- The last thirty seconds whose code was used; none is good twice.
    last_step BIGINT NOT NULL,
    PRIMARY KEY (tenant, person),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

-- What opens once where the phone with the codes is lost. A used one is gone.
CREATE TABLE recovery_codes (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    code_sha256 BYTEA NOT NULL,
    PRIMARY KEY (tenant, person, code_sha256),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);
