-- Points: accounts, the transfers between them, and what each report was paid. Every transfer is also a line of the
-- journal `points` of its person, which is chained; `seq` is its place there.
CREATE TABLE point_accounts (
    tenant UUID NOT NULL,
    account TEXT NOT NULL,
    balance BIGINT NOT NULL,
    PRIMARY KEY (tenant, account),
    -- From issuance all points come, so it alone is below zero; nobody owes any.
    CHECK (balance >= 0 OR account LIKE 'issuance:%')
);

CREATE TABLE point_transfers (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    from_account TEXT NOT NULL,
    to_account TEXT NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    person UUID NOT NULL,
    case_id UUID NOT NULL,
    -- Why the report earns what it earns, and by which version of the rules.
    why TEXT NOT NULL,
    rule_version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    seq BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    CHECK (from_account <> to_account)
);

CREATE UNIQUE INDEX point_transfers_of_person ON point_transfers (tenant, person, seq);

CREATE TABLE point_claims (
    tenant UUID NOT NULL,
    person UUID NOT NULL,
    case_id UUID NOT NULL,
    -- When the report was received: days, months and years are counted by it.
    at BIGINT NOT NULL,
    -- What it earns by the rules; what it was paid; what could not be had back; why it was not paid more.
    due BIGINT NOT NULL,
    paid BIGINT NOT NULL CHECK (paid >= 0),
    written_off BIGINT NOT NULL CHECK (written_off >= 0),
    held_back TEXT,
    PRIMARY KEY (tenant, person, case_id)
);

CREATE INDEX point_claims_by_time ON point_claims (tenant, person, at);
