### Retention: how long what is kept, what becomes of it, how much went.

admin-tab-retention = Retention
retention-title = Retention
retention-intro = Each night what is past its term is erased or made anonymous. No term can be shorter than the law asks, nor longer than its limit.
retention-class = What
retention-term = Term
retention-term-days = Days
retention-action = Then
retention-due = Next run
retention-within = Within { $n } days
retention-days = { $n ->
    [one] One day
   *[other] { $n } days
}
retention-bounds = { $min } to { $max } days; usually { $usual }.
retention-at = Run
retention-items = How many
retention-log-title = What went
retention-log-intro = When how many of what were erased or made anonymous. Counts alone, never what it was.
retention-log-none = Nothing was past its term yet.
kept-action-erase = Erase
kept-action-anonymise = Make anonymous
kept-action-keep = Keep
kept-photos = Photos and files of cases
kept-photos-hint = From the end of the case, or of the main case that it follows. A month at least, in which it may still be opened again. Words and what was done stay.
kept-voice = Voice notes of cases that were not closed
kept-voice-hint = Closing erases a voice note at once. Where a case was declined, withdrawn or void, from its end: there may still be an appeal.
kept-contacts = Numbers left with reports
kept-contacts-hint = Numbers that people without an account left to be called back by, from the end of the case. Withdrawing the consent erases them at once.
kept-notices = Notices
kept-notices-hint = Notices inside the product, from when they could be seen, read or not.
kept-access-log = Access log
kept-access-log-hint = Who opened whose sensitive data. Six months at least (Cybersecurity Law, article 21). Once erased, the chain still proves that there was a line.
kept-people = Names of people who have left
kept-people-hint = Number and password go at once when somebody leaves. The name goes this long afterwards; a mark that says nothing stands in its place, and what was done stays under it.
kept-children = Guardians of children
kept-children-hint = Of consents that a guardian gave: the guardian’s name, signature and scan, from the end of the consent. That there was one stays as long as consents do.
kept-consents = Consents
kept-consents-hint = From the end of the consent, three years at least (the time for claims, Civil Code, article 188). Signature and scan go with them.
kept-requests = Requests about one’s own data
kept-requests-hint = What was asked to be put right, erased or explained, with its answer; from the answer, for three years at least, in which it may be disputed. What waits for an answer stays.
kept-words = Words of cases
kept-words-hint = All that was written about a case: reports, what units may read, the place in words, questions and answers, remarks, notes, reasons, ratings, references of other bodies, names of files, in the journal and the search too. Notes of a hand-over go with them, from when they were written. From the end of the case, or of the main case that it follows. Three years at least (the time for claims, Civil Code, article 188); usually ten, thirty at most, as authorities keep files that are not kept for good (National Archives Administration, order 8).
kept-cases = Cases
kept-cases-hint = Number, matter, place, times, who did what and outcome are kept as the subdistrict’s archive, under its rules for archives. Words have a term of their own, see above.
kept-sign-ins = Traces of signing in
kept-sign-ins-hint = Ended sessions after thirty days, wrong tries and marks of repeated requests after a day; each hour.
kept-sign-in-log = Log of sign-ins
kept-sign-in-log-hint = Who came in, when and how; from then on, for six months at least.
kept-deliveries = Log of what was sent
kept-deliveries-hint = Which notice went to whom on which way, and what came of it; from then on, for six months at least. It holds no words of notices, and goes with whoever leaves.
kept-leftovers = Left-over files
kept-leftovers-hint = Uploads that never ended and files that nothing holds, after seven days.
words-erased = The words were erased { $at }: their term is over.
words-erased-short = Words erased, their term is over
refusal-kept-action-not = This cannot become of it.
refusal-kept-days = Between { $min } and { $max } days.
