# Leave cover: a colleague has one's role while one is away.
cover-title = Leave cover
cover-intro = While you are away, a colleague can have a role of yours; it ends by itself, after ninety days at most. Your own role stays yours, and when it ends, so does the cover. Whoever covers cannot hand it on. Administrators and auditors cannot be covered.
cover-now = Covered now
cover-end = Take it back
cover-to = Who covers
cover-choose = Please choose
cover-until = Up to and including
cover-give = Ask them to cover
cover-no-colleagues = There is no colleague who could cover.
cover-none = You have no role that somebody could cover
cover-given = Your colleague covers for you and was told.
cover-ended = Taken back.
me-cover = Leave cover
me-cover-hint = While you are away, a colleague has your role; it ends by itself.
notice-cover-given = You cover for a colleague: you have one more role, until it ends by itself
