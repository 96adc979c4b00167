-- Who came in, when and how: a log, kept for six months at least (Cybersecurity Law, article 21). Sessions
-- themselves go soon after they have ended.
CREATE TABLE sign_ins (
    tenant UUID NOT NULL,
    -- The session that began.
    credential UUID NOT NULL,
    person UUID NOT NULL,
    at BIGINT NOT NULL,
    -- By what they proved who they are.
    how TEXT NOT NULL,
    -- The browser as the person knows it: Chrome on Android.
    label TEXT NOT NULL,
    PRIMARY KEY (tenant, credential),
    FOREIGN KEY (tenant, person) REFERENCES people (tenant, id)
);

CREATE INDEX sign_ins_by_time ON sign_ins (tenant, at, credential);
CREATE INDEX sign_ins_by_person ON sign_ins (tenant, person, at, credential);
