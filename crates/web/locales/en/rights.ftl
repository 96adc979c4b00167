### Rights over one's own data: a copy, corrections, erasure, leaving.

admin-tab-requests = Requests
own-data-title = My data
own-data-back = Back
own-data-file = My data
own-data-copy = Take a copy
own-data-copy-hint = All that is kept about you here in one zip file: a page to read, and JSON for programs.
own-data-take = Download the copy
own-data-look = Look first
me-data = My data, corrections, leaving
me-data-hint = Take a copy, ask for something to be put right or erased, or leave.
follow-data = What is kept of this report
copy-cut = There is too much to fit: these are the newest ten thousand. Ask the subdistrict for the rest.
copy-account = Account
copy-reported = What I reported
copy-said = What I said and answered
copy-nothing = Nothing.
copy-way-number = the number of the account
copy-way-topics = hears of
copy-ways-none = the inbox alone
copy-choice-yes = goes
copy-choice-no = does not go
copy-quiet = Quiet hours from { $from } to { $until }
right-ask = Ask for something to be put right, erased or explained
right-ask-hint = What you cannot change yourself, write here. You get an answer within thirty days, with the reason.
right-kind = What for
right-correct = Put right
right-erase = Erase
right-explain = Explain
right-words-label = What is it about, and how should it be
right-send = Send
right-sent = It is sent. You get an answer within thirty days.
right-mine = My requests
right-waits = waits for an answer
right-done = Done
right-not-done = Not done
right-due = to be answered by
leave-title = Leave
leave-hint = See first what leaving does, then decide.
leave-look = See what leaving does
leave-intro = Leaving cannot be taken back. Take a copy of your data first, if you wish.
leave-at-once = Erased at once
leave-number = your phone number
leave-sign-in-name = sign-in name and password
leave-sessions = { $n ->
    [one] one session, ended
   *[other] { $n } sessions, all ended
}
leave-roles = { $n ->
    [one] one role, ended
   *[other] { $n } roles, all ended
}
leave-consents = { $n ->
    [one] one consent, ended
   *[other] { $n } consents, all ended
}
leave-notices = the notices you were sent
leave-later = Erased later
leave-name = your name: after { $n } days a mark that says nothing stands in its place
leave-name-kept = your name: this subdistrict keeps it
leave-photos = photos that you reported: { $n } days after the end of the case
leave-photos-kept = photos that you reported: this subdistrict keeps them
leave-stays = What must stay, and why
leave-words = what you wrote about cases: { $n } days after the end of the case
leave-words-kept = what you wrote about cases: this subdistrict keeps it
leave-reports = that there were your { $n } reports, of what, where and when: they are part of cases, which are the subdistrict’s archive; your name will not be shown with them
leave-journal = the steps you took, in the journal: they prove how cases were handled, under a number that says nothing
leave-consents-kept = that you consented and withdrew: as proof, for { $n } days
leave-consents-ever = that you consented and withdrew: as proof
leave-readings-kept = who opened your data: as the law asks, for { $n } days
leave-readings-ever = who opened your data
leave-agree = I have read this and want to leave
leave-button = Leave
leave-done = You have left.
requests-title = Requests about own data
requests-intro = People ask for their data to be put right, erased or explained. Where you refuse, say why (Personal Information Protection Law, article 50).
requests-open = Waiting
requests-old = Answered
requests-none = No requests.
requests-late = Overdue
requests-stranger = somebody without an account
requests-asked = Asked
requests-who = Who
requests-what = What for
requests-words = Words
requests-due = Due
requests-done = Done
requests-answer = Answer
requests-answer-hint = What was done; where nothing was, why not. The person reads it.
requests-answered = It is answered.
notice-right-asked = Somebody asks for their data to be put right, erased or explained
notice-right-answered = There is an answer to your request about your data
refusal-right-words = Write something, { $max } characters at most.
refusal-right-many = { $max } requests wait for an answer already; please wait for those.
refusal-right-missing = There is no such request.
refusal-right-answered = This request was answered already.
refusal-leave-not-agreed = Please read what leaving does, and tick the box.
copy-photo = Photo { $n }
copy-voice = Voice note
copy-voice-packed = With a voice note, which is in the file
