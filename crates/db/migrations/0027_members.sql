-- How people come to report for the scheme (流动网格员): recommended, invited, prepared, active, paused, left.
-- Each is a person with an account, which opens nothing before they are active.
CREATE TABLE members (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    state TEXT NOT NULL,
    -- For which community; none for the whole subdistrict.
    community UUID,
    -- Who recommended them; none where a list did.
    recommended_by UUID,
    -- Of the code on the invitation that is out.
    invite_sha256 BYTEA,
    invite_until BIGINT,
    -- Which rules they have read and consented to.
    rules_version BIGINT,
    created_at BIGINT NOT NULL,
    changed_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, person),
    UNIQUE (tenant, invite_sha256),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id),
    CHECK ((invite_sha256 IS NULL) = (invite_until IS NULL))
);

CREATE INDEX members_by_state ON members (tenant, state, changed_at, person);
CREATE INDEX members_by_recommender ON members (tenant, recommended_by, changed_at, person);
