-- A case (案卷): what commands may change about it. `version` counts the lines of its journal, so that a
-- change made from what somebody saw a minute ago is refused. The journal is the record; every column but
-- `search` can be computed from it again.
CREATE TABLE cases (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL CHECK (version > 0),
    -- Given when it is filed.
    number TEXT,
    state TEXT NOT NULL,
    -- Someone still has to do something about it.
    open BOOLEAN NOT NULL,
    matter TEXT,
    urgency TEXT,
    words TEXT NOT NULL,
    -- What the dispatcher lets units read; never the reporter's own words by themselves.
    released_words TEXT,
    address TEXT,
    lng DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy DOUBLE PRECISION,
    -- Square of about a kilometre that the position lies in.
    cell BIGINT,
    community UUID,
    grid UUID,
    first_report UUID NOT NULL,
    solved BOOLEAN NOT NULL,
    stage TEXT,
    -- Empty while the clock stands still.
    due_at BIGINT,
    amber_at BIGINT,
    -- Over by 100 %: from here on it is the supervisor's.
    over_at BIGINT,
    -- `due_at`, or the end of time where there is none: what a queue is ordered by.
    late_at BIGINT NOT NULL,
    lead_unit UUID,
    verifier UUID,
    checker UUID,
    -- The dispatcher who took it in hand last.
    dispatcher UUID,
    main_case UUID,
    merged_count BIGINT NOT NULL CHECK (merged_count >= 0),
    suspended BOOLEAN NOT NULL,
    review_at BIGINT,
    -- The clock stands still for the reporter's answer.
    waiting BOOLEAN NOT NULL,
    question_open BOOLEAN NOT NULL,
    supervised BOOLEAN NOT NULL,
    transferred BOOLEAN NOT NULL,
    verified BOOLEAN NOT NULL,
    appealed BOOLEAN NOT NULL,
    -- Sent back for the second time, or over by 100 %.
    escalated BOOLEAN NOT NULL,
    extension_asked BOOLEAN NOT NULL,
    send_backs BIGINT NOT NULL,
    reworks BIGINT NOT NULL,
    extensions BIGINT NOT NULL,
    reopenings BIGINT NOT NULL,
    rating BIGINT CHECK (rating BETWEEN 1 AND 5),
    decline_reason TEXT,
    received_at BIGINT NOT NULL,
    filed_at BIGINT,
    dispatched_at BIGINT,
    handled_at BIGINT,
    ended_at BIGINT,
    updated_at BIGINT NOT NULL,
    -- Lower-case words that a list is searched by.
    search TEXT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, main_case) REFERENCES cases (tenant, id)
);

-- After each hundredth row that was changed instead of each fifth: queue and map read an index alone only where
-- the rows of a page have been found to be seen by all, and what is open is what is being changed.
ALTER TABLE cases SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_insert_scale_factor = 0.01);

-- Every index is paid for by the report that comes in: so those that it is not found by are partial.
CREATE UNIQUE INDEX cases_by_number ON cases (tenant, number) WHERE number IS NOT NULL;
-- What will be late first. It carries all that queue and map narrow, count and draw by, so that neither reads
-- the wide rows of tens of thousands of cases to say how many there are; `open` stands in it although it is
-- always true, since an engine that looks the column up reads the row.
CREATE INDEX cases_open_by_state ON cases (tenant, state, late_at, amber_at, open) WHERE open;
CREATE INDEX cases_open ON cases (tenant, late_at, id, open, state, due_at, amber_at, over_at, matter, urgency,
    community, grid, lead_unit, dispatcher, suspended, verified, supervised, escalated, extension_asked,
    lng, lat, number) WHERE open;
CREATE INDEX cases_over ON cases (tenant, state, late_at, id) WHERE NOT open;
CREATE INDEX cases_by_received ON cases (tenant, received_at, id);
-- What is nearby, and all that a map adds up; who led such matters before, what follows a main case.
CREATE INDEX cases_open_by_cell ON cases (tenant, cell, received_at, lng, lat, late_at, open) WHERE open;
CREATE INDEX cases_by_matter_unit ON cases (tenant, matter, lead_unit) WHERE lead_unit IS NOT NULL;
CREATE INDEX cases_by_main ON cases (tenant, main_case) WHERE main_case IS NOT NULL;
CREATE INDEX cases_by_verifier ON cases (tenant, verifier) WHERE verifier IS NOT NULL;
CREATE INDEX cases_by_checker ON cases (tenant, checker) WHERE checker IS NOT NULL;

-- A report (上报): one person's word about a case; many may speak of one. Units never read this table.
CREATE TABLE reports (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    -- Empty for people without an account.
    person UUID,
    role TEXT NOT NULL,
    -- SHA-256 of the code that somebody without an account follows the case by.
    follow_code_hash BYTEA,
    matter TEXT,
    words TEXT NOT NULL,
    lng DOUBLE PRECISION,
    lat DOUBLE PRECISION,
    accuracy DOUBLE PRECISION,
    voice UUID,
    made_at BIGINT NOT NULL,
    received_at BIGINT NOT NULL,
    origin TEXT NOT NULL,
    -- "Me too": it joined a case that was there.
    joined BOOLEAN NOT NULL,
    solved BOOLEAN NOT NULL,
    PRIMARY KEY (tenant, id),
    -- Looked at when all is written: whether a report is new must be known before its case is made.
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id) DEFERRABLE INITIALLY DEFERRED
);

CREATE UNIQUE INDEX reports_by_code ON reports (tenant, follow_code_hash) WHERE follow_code_hash IS NOT NULL;
CREATE INDEX reports_by_case ON reports (tenant, case_id, received_at);
CREATE INDEX reports_by_person ON reports (tenant, person, received_at, id) WHERE person IS NOT NULL;

-- Photos of a case. The id is the photo's own, chosen where it was taken, and later the stored object's; a
-- row may stand here before its bytes have arrived.
CREATE TABLE case_photos (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    report UUID,
    -- The unit that handed it in.
    unit UUID,
    role TEXT NOT NULL,
    -- The dispatcher lets units see it.
    released BOOLEAN NOT NULL,
    added_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
) WITHOUT ROWID;

CREATE INDEX case_photos_by_case ON case_photos (tenant, case_id, added_at);

-- One unit's part in a case.
CREATE TABLE case_assignments (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    unit UUID NOT NULL,
    lead BOOLEAN NOT NULL,
    state TEXT NOT NULL,
    -- The unit still has the case in its list.
    open BOOLEAN NOT NULL,
    note TEXT,
    assigned_at BIGINT NOT NULL,
    accepted_at BIGINT,
    -- Whoever handled it does not check it.
    accepted_by UUID,
    done_at BIGINT,
    done_by UUID,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);

CREATE INDEX case_assignments_by_case ON case_assignments (tenant, case_id);
CREATE INDEX case_assignments_by_unit ON case_assignments (tenant, unit, open, assigned_at, id);

-- What was asked of somebody about a case, and how it was answered: verification, check, question, extension,
-- transfer, supervision, appeal, satisfaction.
CREATE TABLE case_asks (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    kind TEXT NOT NULL,
    open BOOLEAN NOT NULL,
    asked_at BIGINT NOT NULL,
    asked_by UUID,
    -- Of whom, where it is one person or one unit.
    person UUID,
    unit UUID,
    words TEXT,
    -- The date asked for, or to look at it again.
    until BIGINT,
    -- External body and its reference.
    body TEXT,
    reference TEXT,
    -- Was granted, true, passed, in order.
    yes BOOLEAN,
    answered_at BIGINT,
    answered_by UUID,
    answer TEXT,
    -- 1 to 5, as the reporter is satisfied.
    stars BIGINT CHECK (stars BETWEEN 1 AND 5),
    PRIMARY KEY (tenant, id),
    UNIQUE (tenant, kind, body, reference),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);

CREATE INDEX case_asks_by_case ON case_asks (tenant, case_id, asked_at);
CREATE INDEX case_asks_by_kind ON case_asks (tenant, kind, asked_at);

-- A period in which a stage's clock runs. `clock` holds its stops and the history of its due dates with
-- reasons, so that a figure about lateness can be explained.
CREATE TABLE case_clocks (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    stage TEXT NOT NULL,
    -- Who is to be on time: the lead unit while it handles.
    unit UUID,
    clock JSONB NOT NULL,
    started_at BIGINT NOT NULL,
    -- As it stands now; as it stood last while stopped.
    due_at BIGINT NOT NULL,
    stopped BOOLEAN NOT NULL,
    ended_at BIGINT,
    PRIMARY KEY (tenant, case_id, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
) WITHOUT ROWID;

-- Which case follows which, and since when. Undoing it ends the row and keeps it.
CREATE TABLE case_merges (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    main_case UUID NOT NULL,
    -- Where un-merging leads back to.
    from_state TEXT NOT NULL,
    merged_at BIGINT NOT NULL,
    unmerged_at BIGINT,
    reason TEXT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id),
    FOREIGN KEY (tenant, main_case) REFERENCES cases (tenant, id)
);

CREATE INDEX case_merges_by_case ON case_merges (tenant, case_id, merged_at);
CREATE INDEX case_merges_by_main ON case_merges (tenant, main_case);

-- What was said about a case beside its course: among staff, or for the reporter too.
CREATE TABLE case_comments (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    case_id UUID NOT NULL,
    person UUID,
    role TEXT NOT NULL,
    unit UUID,
    public BOOLEAN NOT NULL,
    words TEXT NOT NULL,
    made_at BIGINT NOT NULL,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);

CREATE INDEX case_comments_by_case ON case_comments (tenant, case_id, made_at);

-- The last action on a case, for as long as it can be undone; what it changed stands in its line of the
-- journal.
CREATE TABLE case_undos (
    tenant UUID NOT NULL,
    case_id UUID NOT NULL,
    version BIGINT NOT NULL,
    -- The person, or the report of a reporter without an account.
    actor UUID NOT NULL,
    follower BOOLEAN NOT NULL,
    role TEXT NOT NULL,
    command TEXT NOT NULL,
    from_state TEXT NOT NULL,
    at BIGINT NOT NULL,
    until BIGINT NOT NULL,
    PRIMARY KEY (tenant, case_id),
    FOREIGN KEY (tenant, case_id) REFERENCES cases (tenant, id)
);

-- The last number given to a case on a day (ISO 8601 basic, 20261001).
CREATE TABLE case_numbers (
    tenant UUID NOT NULL,
    day TEXT NOT NULL,
    last BIGINT NOT NULL,
    PRIMARY KEY (tenant, day)
);

-- How often a matter was filed in a square of about a kilometre at an hour of the day: what the phone
-- suggests first. Counts of matters, of nobody.
CREATE TABLE matter_habits (
    tenant UUID NOT NULL,
    cell BIGINT NOT NULL,
    hour BIGINT NOT NULL CHECK (hour BETWEEN 0 AND 23),
    matter TEXT NOT NULL,
    count BIGINT NOT NULL,
    PRIMARY KEY (tenant, cell, hour, matter)
);
