-- What one person asked for that another has to agree to.
CREATE TABLE second_looks (
    tenant UUID NOT NULL,
    id UUID NOT NULL,
    -- To give a role, to take people's data out as a file, to declare a case void.
    kind TEXT NOT NULL,
    -- The person who is to have the role, whoever wants the file, the case.
    subject UUID NOT NULL,
    -- Of a role: which, over what, until when.
    role TEXT,
    scope TEXT,
    ends_at BIGINT,
    -- Why.
    words TEXT NOT NULL,
    asked_by UUID NOT NULL,
    asked_at BIGINT NOT NULL,
    -- Nobody can answer it any more from then on.
    until BIGINT NOT NULL,
    answered_by UUID,
    answered_at BIGINT,
    granted BOOLEAN,
    answer TEXT,
    PRIMARY KEY (tenant, id),
    FOREIGN KEY (tenant, asked_by) REFERENCES people (tenant, id),
    CHECK ((answered_at IS NULL) = (granted IS NULL))
);

CREATE INDEX second_looks_of ON second_looks (tenant, kind, subject);
