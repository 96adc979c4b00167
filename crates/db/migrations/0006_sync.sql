-- Resumable uploads (tus 1.0). The id is the photo's own id, chosen by the phone: creating twice is creating once.
-- How many bytes are held is not kept here: the length of the staging file is the one truth.
CREATE TABLE uploads (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    person UUID,
    secret_sha256 BYTEA,
    report UUID NOT NULL,
    role TEXT NOT NULL,
    length BIGINT NOT NULL CHECK (length > 0),
    sha256 BYTEA NOT NULL,
    object UUID NOT NULL,
    state TEXT NOT NULL,
    refusal TEXT,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    finished_at BIGINT,
    PRIMARY KEY (tenant, id),
    CHECK (person IS NOT NULL OR secret_sha256 IS NOT NULL)
);

CREATE INDEX uploads_by_report ON uploads (tenant, report);
CREATE INDEX uploads_by_person ON uploads (tenant, person, state);
CREATE INDEX uploads_by_expiry ON uploads (tenant, expires_at);

-- One outbox on one phone. The id is chosen by the phone; it belongs to whoever used it first.
CREATE TABLE outboxes (
    tenant UUID NOT NULL,
    device UUID NOT NULL,
    person UUID NOT NULL,
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
    body_sha256 BYTEA NOT NULL,
    outcome TEXT NOT NULL,
    answer JSONB NOT NULL,
    taken_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, device, position),
    UNIQUE (tenant, device, id),
    FOREIGN KEY (tenant, device) REFERENCES outboxes (tenant, device)
);
