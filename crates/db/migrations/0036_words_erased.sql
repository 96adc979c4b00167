-- When the words of a case went because their term was over. Its journal says the same, and what else it said
-- without them.
ALTER TABLE cases ADD COLUMN words_erased_at BIGINT;

-- Cases that ended and still have their words, the oldest first. No report pays for it.
CREATE INDEX cases_with_words ON cases (tenant, ended_at, id)
    WHERE ended_at IS NOT NULL AND words_erased_at IS NULL;
