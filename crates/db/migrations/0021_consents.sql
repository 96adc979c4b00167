-- What somebody consents to, as they read it. A version never changes; the newest is the one that is read now. Which
-- purposes there are without a row here, and how they begin, the product knows.
CREATE TABLE consent_texts (
    tenant UUID NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    -- Asks for a separate consent (Personal Information Protection Law, article 29).
    sensitive BOOLEAN NOT NULL,
    -- Whether a guardian may give it for somebody.
    guardian BOOLEAN NOT NULL,
    term_days BIGINT NOT NULL CHECK (term_days > 0),
    -- By language: name, text, what is done under it, what ends with it.
    words JSONB NOT NULL,
    -- Consents to the versions before hold no more.
    asks_again BOOLEAN NOT NULL,
    -- Nobody is asked any more.
    retired BOOLEAN NOT NULL,
    made_at BIGINT NOT NULL,
    -- None for the product's own.
    made_by UUID,
    PRIMARY KEY (tenant, purpose, version)
);

-- Who consented to what, in which version, proved by what.
CREATE TABLE consents (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    -- A person with an account, or the report of somebody without.
    subject_kind TEXT NOT NULL,
    subject UUID NOT NULL,
    purpose TEXT NOT NULL,
    version BIGINT NOT NULL,
    scope TEXT NOT NULL,
    given_at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    proof TEXT NOT NULL,
    -- The signature or the scan.
    object UUID,
    -- Who wrote it down, where the subject did not give it themself.
    recorded_by UUID,
    -- Sealed; where a guardian gave it.
    guardian TEXT,
    ended_at BIGINT,
    -- Why: withdrawn, given anew, run out, left.
    ended_how TEXT,
    ended_by UUID,
    -- What ended with it.
    effects JSONB,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, purpose, version) REFERENCES consent_texts (tenant, purpose, version),
    CHECK ((ended_at IS NULL) = (ended_how IS NULL))
);

CREATE INDEX consents_by_subject ON consents (tenant, subject, purpose, until);
CREATE INDEX consents_by_purpose ON consents (tenant, purpose, ended_at, until);
CREATE INDEX consents_by_term ON consents (tenant, until) WHERE ended_at IS NULL;

-- Numbers that somebody without an account left to be called back by; only under a consent that holds.
CREATE TABLE contacts (
    tenant UUID NOT NULL,
    report UUID NOT NULL,
    -- Sealed.
    phone TEXT NOT NULL,
    consent UUID NOT NULL,
    kept_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, report),
    FOREIGN KEY (tenant, consent) REFERENCES consents (tenant, id)
);
