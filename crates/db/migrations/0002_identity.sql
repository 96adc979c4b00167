-- The subdistricts that share this database. Small and without a tenant column of its own: every other table
-- names one of these rows.
CREATE TABLE tenants (
    id UUID NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    -- GB/T 2260 and GB/T 10114 division code: 6, 9 or 12 digits.
    code TEXT,
    zone TEXT NOT NULL,
    locale TEXT NOT NULL,
    -- The host name under which it is served, where it has one of its own.
    host TEXT,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (id),
    UNIQUE (slug),
    UNIQUE (host)
);

-- What a tenant has decided for itself; whoever owns a key knows the shape of its value.
CREATE TABLE tenant_settings (
    tenant UUID NOT NULL,
    key TEXT NOT NULL,
    value JSONB NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, key)
);

-- People with an account. `phone` is sealed; `phone_index` finds it without opening it.
CREATE TABLE people (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    name TEXT NOT NULL,
    -- Lower case, for searching and sorting.
    name_key TEXT NOT NULL,
    sign_in_name TEXT,
    phone TEXT,
    phone_index BYTEA,
    password_hash TEXT,
    state TEXT NOT NULL,
    locale TEXT,
    -- Size of text in CSS pixels, where the person asked for large text.
    elder BIGINT CHECK (elder >= 18 AND elder <= 30),
    density TEXT,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, sign_in_name),
    UNIQUE (tenant, phone_index),
    CHECK ((phone IS NULL) = (phone_index IS NULL))
);

CREATE INDEX people_by_name ON people (tenant, name_key, id);

-- A role given to a person over a scope for a time. A grant that was taken back ends; it is never deleted.
CREATE TABLE grants (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    person UUID NOT NULL,
    role TEXT NOT NULL,
    -- `tenant`, or a kind and an id: `grid:0192…`.
    scope TEXT NOT NULL,
    starts_at BIGINT NOT NULL,
    ends_at BIGINT,
    granted_at BIGINT NOT NULL,
    granted_by UUID,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id),
    CHECK (ends_at >= starts_at)
);

CREATE INDEX grants_by_person ON grants (tenant, person);
CREATE INDEX grants_by_role ON grants (tenant, role, scope);

-- Browser sessions, device credentials and API tokens: one thing with kinds. Only the hash of the secret is
-- kept.
CREATE TABLE credentials (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- None for the phone of somebody without an account.
    person UUID,
    -- The phone that a device credential belongs to, as the phone calls itself.
    device UUID,
    secret_sha256 BYTEA NOT NULL,
    -- What the person reads in the list of places where they are signed in.
    label TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT NOT NULL,
    -- Unused for longer than this (microseconds), it ends; at `expires_at` it ends in any case.
    idle_micros BIGINT NOT NULL CHECK (idle_micros > 0),
    expires_at BIGINT NOT NULL,
    revoked_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, secret_sha256),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id),
    CHECK (person IS NOT NULL OR kind = 'device'),
    CHECK ((kind = 'device') = (device IS NOT NULL))
);

CREATE INDEX credentials_by_person ON credentials (tenant, person, created_at);
CREATE INDEX credentials_by_device ON credentials (tenant, device);
CREATE INDEX credentials_by_expiry ON credentials (tenant, expires_at);

-- Tries to sign in that did not succeed, kept for a day. `account` is an index of what was typed, whether or
-- not there is such an account, so that the table cannot tell either.
CREATE TABLE sign_in_failures (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    account BYTEA NOT NULL,
    address TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX sign_in_failures_by_account ON sign_in_failures (tenant, account, at);
CREATE INDEX sign_in_failures_by_address ON sign_in_failures (tenant, address, at);
CREATE INDEX sign_in_failures_by_time ON sign_in_failures (tenant, at);

-- Requests that were already done, by the key their sender chose: doing one twice gives the same answer.
-- `asker` is the person, or the nil id for somebody without an account.
CREATE TABLE request_keys (
    tenant UUID NOT NULL,
    asker UUID NOT NULL,
    key UUID NOT NULL,
    fingerprint BYTEA NOT NULL,
    answer JSONB,
    claimed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, asker, key)
);

CREATE INDEX request_keys_by_time ON request_keys (tenant, claimed_at);
