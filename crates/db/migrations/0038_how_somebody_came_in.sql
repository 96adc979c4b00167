-- Until when a password is good that somebody else drew, which its owner is led to replace; none where they
-- chose it themselves.
ALTER TABLE people ADD COLUMN password_until BIGINT;

-- By what a session began, and by what its second step was made.
ALTER TABLE credentials ADD COLUMN way TEXT;
ALTER TABLE credentials ADD COLUMN second TEXT;
