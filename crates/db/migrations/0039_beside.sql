-- How far beside its grid a case lies, in metres, while that grid is only the nearest one and nobody has said that
-- it is right. Most cases lie in theirs, or in none.
ALTER TABLE cases ADD COLUMN beside_metres DOUBLE PRECISION;
