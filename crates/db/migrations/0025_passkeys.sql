-- Passkeys (W3C Web Authentication): the public half of what a person's device keeps.
CREATE TABLE passkeys (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    person UUID NOT NULL,
    -- What the person calls it.
    name TEXT NOT NULL,
    -- The host it was made for; it works under no other.
    site TEXT NOT NULL,
    -- As the device names it.
    handle BYTEA NOT NULL,
    -- COSE_Key (RFC 9053).
    public_key BYTEA NOT NULL,
    -- Goes up at each use where the device counts at all.
    uses BIGINT NOT NULL CHECK (uses >= 0),
    created_at BIGINT NOT NULL,
    last_used_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, handle),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

CREATE INDEX passkeys_by_person ON passkeys (tenant, person, created_at);

-- What a browser was asked to sign, until it answers.
CREATE TABLE passkey_asks (
    tenant UUID NOT NULL,
    -- Of what the browser shows.
    browser_sha256 BYTEA NOT NULL,
    -- Signing in, or adding one.
    purpose TEXT NOT NULL,
    challenge BYTEA NOT NULL,
    asked_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, browser_sha256, purpose)
);

CREATE INDEX passkey_asks_by_time ON passkey_asks (tenant, asked_at);
