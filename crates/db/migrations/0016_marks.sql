-- How units keep their time lately, for a screen that is looked at all day: what was to be handled, with all that
-- is counted of it. Written by the steps that write such a mark, by no report.
CREATE INDEX case_marks_handling ON case_marks (tenant, at, unit, community, grid, signs) WHERE kind = 'handle';

-- Whose marks are to be written again, and the last case that has been: cases were changed before there were
-- marks, or before what marks say was told otherwise. Whoever has all has no row.
CREATE TABLE mark_runs (
    tenant UUID NOT NULL,
    up_to UUID,
    PRIMARY KEY (tenant)
) WITHOUT ROWID;

INSERT INTO mark_runs (tenant) SELECT id FROM tenants;
