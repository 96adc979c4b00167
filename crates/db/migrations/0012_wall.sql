-- What was closed lately: kept when a case is over, so that no report pays for it.
CREATE INDEX cases_by_end ON cases (tenant, ended_at, state) WHERE ended_at IS NOT NULL;
