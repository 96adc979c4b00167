-- The inbox: what happened, as a kind and its arguments; the words are found when it is read, in the reader's
-- language. A notice of something that may be undone is held until `visible_at`.
CREATE TABLE notices (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    recipient_kind TEXT NOT NULL CHECK (recipient_kind IN ('person', 'unit', 'follower')),
    recipient UUID NOT NULL,
    dedupe TEXT NOT NULL,
    kind TEXT NOT NULL,
    args JSONB NOT NULL,
    about_kind TEXT NOT NULL,
    about UUID NOT NULL,
    posted_at BIGINT NOT NULL,
    visible_at BIGINT NOT NULL,
    read_at BIGINT,
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, recipient_kind, recipient, dedupe)
);

CREATE INDEX notices_by_recipient ON notices (tenant, recipient_kind, recipient, visible_at, id);
CREATE INDEX notices_unread ON notices (tenant, recipient_kind, recipient, visible_at) WHERE read_at IS NULL;
CREATE INDEX notices_by_about ON notices (tenant, about_kind, about);
CREATE INDEX notices_by_time ON notices (tenant, visible_at);
