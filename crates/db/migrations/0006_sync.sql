-- Resumable uploads (tus 1.0). The id is the photo's own id, chosen by the phone, and later the object's: creating
-- twice is creating once. How many bytes are held is not kept here: the length of the staging file is the one truth.
CREATE TABLE uploads (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    -- The device or the person that began it; nobody else may go on with it.
    owner UUID NOT NULL,
    report UUID NOT NULL,
    kind TEXT NOT NULL,
    length BIGINT NOT NULL CHECK (length > 0),
    sha256 BYTEA NOT NULL,
    state TEXT NOT NULL,
    refusal JSONB,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant, id)
);

CREATE INDEX uploads_by_report ON uploads (tenant, report);
CREATE INDEX uploads_by_owner ON uploads (tenant, owner, state);
CREATE INDEX uploads_by_expiry ON uploads (tenant, state, expires_at);

-- One outbox on one phone. The id is chosen by the phone; it belongs to whoever used it first (nobody: a phone
-- without an account).
CREATE TABLE outboxes (
    tenant UUID NOT NULL,
    device UUID NOT NULL,
    person UUID,
    next BIGINT NOT NULL CHECK (next >= 0),
    created_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, device)
);

-- What an outbox has handed over, without gaps from 0. Refused records stand here too, so that the phone can say why.
CREATE TABLE outbox_records (
    tenant UUID NOT NULL,
    device UUID NOT NULL,
    position BIGINT NOT NULL CHECK (position >= 0),
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    outcome TEXT NOT NULL,
    answer JSONB NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, device, position),
    UNIQUE (tenant, device, id),
    FOREIGN KEY (tenant, device) REFERENCES outboxes (tenant, device)
);
