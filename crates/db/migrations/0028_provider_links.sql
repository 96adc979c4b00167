-- Accounts at other sign-in services (OpenID Connect) that open accounts here.
CREATE TABLE provider_links (
    tenant UUID NOT NULL,
    provider TEXT NOT NULL,
    -- Of the issuer and its name for the person.
    subject_sha256 BYTEA NOT NULL,
    person UUID NOT NULL,
    linked_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (tenant, provider, subject_sha256),
    UNIQUE (tenant, person, provider),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);
