-- What figures are counted from: one row for each deadline that a case has had, for each closing and each
-- rating, at the instant by which it is counted. Follows from the case and what lies beside it, and is kept by
-- the step that changes them; a report that was only received writes none, since it can be found without.
CREATE TABLE case_marks (
    tenant UUID NOT NULL,
    -- When the deadline was, when it was closed, when it was rated.
    at BIGINT NOT NULL,
    case_id UUID NOT NULL,
    -- The clock or the rating that it comes from.
    id UUID NOT NULL,
    kind TEXT NOT NULL,
    -- Whose it was: the lead unit while it handled.
    unit UUID,
    -- Where it lies and what it is about, as of the last step.
    community UUID,
    grid UUID,
    matter TEXT,
    -- What is so of it: a bit for each sign.
    signs BIGINT NOT NULL,
    -- How long the stage took, without the time in which its clock stood still.
    took_minutes BIGINT,
    -- In the order in which a period is read.
    PRIMARY KEY (tenant, at, case_id, id, kind),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
) WITHOUT ROWID;

-- Reports of a month once they were issued (月报). A version is never changed; a correction is a version of
-- its own with its reason.
CREATE TABLE month_reports (
    tenant UUID NOT NULL,
    -- As in 2026-11.
    month TEXT NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    -- Figures, definitions and names as they were when it was issued.
    body TEXT NOT NULL,
    -- Why there is another version than the first.
    reason TEXT,
    issued_at BIGINT NOT NULL,
    issued_by UUID NOT NULL,
    PRIMARY KEY (tenant, month, version)
);
