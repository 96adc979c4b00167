-- What somebody asked for about their own data, and what became of it.
CREATE TABLE rights_requests (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    -- A person with an account, or the report of somebody without.
    subject_kind TEXT NOT NULL,
    subject UUID NOT NULL,
    -- To put right, to erase, to explain.
    kind TEXT NOT NULL,
    words TEXT NOT NULL,
    asked_at BIGINT NOT NULL,
    -- To be answered by then.
    due_at BIGINT NOT NULL,
    granted BOOLEAN,
    answer TEXT,
    answered_at BIGINT,
    answered_by UUID,
    PRIMARY KEY (tenant, id),
    CHECK ((answered_at IS NULL) = (answer IS NULL) AND (answered_at IS NULL) = (granted IS NULL))
);

CREATE INDEX rights_requests_by_subject ON rights_requests (tenant, subject, asked_at);
CREATE INDEX rights_requests_open ON rights_requests (tenant, due_at, id) WHERE answered_at IS NULL;
CREATE INDEX rights_requests_answered ON rights_requests (tenant, answered_at, id)
    WHERE answered_at IS NOT NULL;
-- What somebody wrote beside cases, for a copy of their own data.
CREATE INDEX case_comments_by_person ON case_comments (tenant, person, made_at) WHERE person IS NOT NULL;
