### Reports: the form, the receipt, one's own.

nav-report = Report
nav-mine = My reports
report-title = Report something
report-camera = Take a photo
report-album = Choose from the album
report-photo-remove = Remove this photo
report-no-photo = Where somebody needs help, no photo is taken. Say where it is and what is needed; in danger call 110 or 120.
report-photos-kept = { $n ->
    [one] Your photo is kept. No need to choose it again.
   *[other] Your { $n } photos are kept. No need to choose them again.
}
report-place-in-words = Place: please say below where it is (a crossing, a house number, a shop nearby).
report-photo-place = If a photo says where it was taken, use that
report-locating = Finding the place…
report-located = Place found, within about { $metres } m
report-rough = The place is rough, within about { $metres } m. You can move it on the drawing.
report-denied = The position was not allowed. Say in words where it is, or point at it on the drawing.
report-unavailable = There is no position just now. Say in words where it is, or point at it on the drawing.
report-insecure = Without a secure connection browsers give no position. Say in words where it is.
report-from-photo = The place is taken from the photo
report-pin-moved = You chose the place on the drawing
report-locate = Find the place
report-pin = Wrong place? Move it
report-pin-reset = Back to the phone's position
report-pin-failed = The drawing cannot be opened now. Say in words where it is.
report-pin-map = Show it on the map
report-pin-drawing = Back to the drawing
report-pin-map-keys = Map: move the map until the tip of the pin is on the spot. The arrow keys move it too, plus and minus zoom.
report-pin-map-failed = The map cannot be opened now, perhaps for want of signal. The drawing above moves the place just as well.
report-pin-inside = Lies in: { $place }
report-pin-outside = This lies in no grid. You can report it all the same: the centre decides who looks after it.
report-moving = You seem to be on the move. Please stop first: safety comes first.
report-remind = Remind me at my next stop
report-reminder = You marked a place while riding. Report it now?
report-reminder-use = Use that place
report-reminder-drop = Forget it
report-shrinking = Making the photo smaller…
report-photo-failed = This photo cannot be opened. Please take it again.
report-photo-too-many = { $n } photos at most.
report-matter = What is it?
report-matter-more = Something else
report-matter-search = Search for a matter
report-matter-search-hint = Name, pinyin initials or code, such as “jg”
report-matter-unsure = Not sure, let the centre decide
report-matter-open = Matter not yet decided
report-no-matches = Nothing found. You may leave it open; the centre decides.
report-nearby = Already reported near here. Is it the same?
report-nearby-people = { $n ->
    [one] { $n } person
   *[other] { $n } people
}
report-me-too = Me too
report-words = Say a few words (optional)
report-words-hint = Where it is, and what happened
report-solved = I have put it right on the spot (first photo: before; the others: after)
report-need-something = Please take a photo, choose a matter or write a few words.
report-send = Send
report-privacy = Only this one position is kept, taken when you press send. Those who do the work never see who reported it.
report-kept = Kept on this phone
report-kept-how = It is sent by itself as soon as there is a connection. “Delivered” means that it is here.
report-full = This phone has no room left. Go online first, so that earlier reports can be sent.
report-another = Report something else
report-known = This report had come in before; it was not taken twice. To report something else, press “Report something else”.
report-voice-record = Record a voice note
report-voice-stop = Stop recording
report-voice-discard = Delete the recording
report-voice-recording = Recording, { $seconds } s (60 s at most)
report-voice-denied = The microphone was not allowed.

report-why-here = usual here at this hour
report-why-words = from your words
report-why-own = you reported it lately

## The receipt
receipt-title = Received
receipt-number = Receipt number
receipt-at = Received at
receipt-code = Follow code
receipt-code-note = With this code you can see what happens, take the report back, appeal, or rate. Keep it: it is shown to you alone.
receipt-qr = The page to follow it, as a code to scan
receipt-next = What happens next
receipt-next-received = Received, with this receipt
receipt-next-look = The centre looks at it, and sends somebody there if needed
receipt-next-unit = It goes to the unit responsible, with a deadline
receipt-next-check = Somebody else checks whether it is done
receipt-next-told = You are told on the page where you follow it. If it is declined you read why, and may appeal once.
receipt-follow = See what happens

## One's own reports
mine-title = My reports
mine-which = Which to show
mine-all = All
mine-open = In hand
mine-closed = Over
mine-waiting = Waits for your answer
mine-none = No reports yet. What you see on the road takes one photo to report.
mine-none-open = Nothing in hand: every report has its result.
mine-none-closed = None of your reports is over yet.
mine-none-here = There is nothing more on this page.
mine-none-found = No report contains “{ $q }”.
my-case-title = My report (matter not yet decided)

own-number = Case { $number }
own-matter = Matter
own-words = Words
own-photos = Photos
own-photos-count = { $n }
own-others = { $n ->
    [one] Somebody else reported the same.
   *[other] { $n } others reported the same.
}
own-verified = Found true on the spot
own-merged-into = Joined with case { $number } and handled together. You are told the result all the same.
own-compare = Before and after
own-after = After
own-own-words = What you reported
own-photo-own = Your photo
own-photo-on-its-way = This photo is still on its way
own-placed = with a position
own-placed-roughly = with a position (not shown here)
own-not-placed = without a position
own-has-voice = with a voice note, for the dispatcher alone
own-joined = joined another report
own-solved = solved on the spot

state-reported = Reported
state-verifying = Being verified
state-filed = Filed
state-dispatched = Dispatched
state-handling = Being handled
state-handled = Handled
state-checking = Being checked
state-closed = Closed
state-declined = Declined
state-merged = Merged
state-withdrawn = Withdrawn
state-void = Void

standing-reported = It is here, and the centre is looking at it.
standing-verifying = Somebody is on the way to look.
standing-filed = It is filed and goes to the unit responsible.
standing-dispatched = It is with the unit responsible.
standing-handling = The unit responsible is working on it.
standing-handled = The unit says that it is done; somebody else will check.
standing-checking = Somebody is checking whether it is done.
standing-closed = It is done, and somebody has checked.
standing-declined = It was not taken on, for this reason.
standing-merged = It is the same as another case, and handled with it.
standing-withdrawn = You took this report back.
standing-void = This record was entered by mistake and does not count.

decline-reason-not-so = Somebody went to look, and it was not so
decline-reason-already-solved = It has been put right already
decline-reason-cannot-find = The place could not be found from what was said
decline-reason-outside-area = It lies outside this subdistrict
decline-reason-not-ours = It is not something that the subdistrict can do
decline-reason-elsewhere-better = Another office is the right one for it
decline-reason-emergency = In an emergency call 110, 119, 120 or 122
decline-reason-about-person = Reports here are about places and things, never about a person
decline-reason-mistake = It looks like a mistake or a trial
decline-reason-other = The centre says why in its own words
decline-way-not-so = If it is so again, take a photo and report it once more, or appeal below.
decline-way-already-solved = If you see that it is not, appeal below and say so.
decline-way-cannot-find = Appeal below and give the road, a house number or a shop nearby.
decline-way-outside-area = Call 12345: they pass it on to those in charge there.
decline-way-not-ours = Call 12345 to ask who can. If you disagree, appeal below.
decline-way-elsewhere-better = The centre's words name it. If you disagree, appeal below.
decline-way-emergency = The telephone is quickest. If something remains, report it again.
decline-way-about-person = If somebody needs help, report it as “求助线索”; in danger call 110 or 120.
decline-way-mistake = If it was not, appeal below.
decline-way-other = If you disagree, appeal below.

own-question-title = The centre has a question for you
own-question-answer = Your answer
own-question-send = Answer

rate-title = How was it done?
rate-how = Are you satisfied
rate-5 = very satisfied
rate-4 = satisfied
rate-3 = so-so
rate-2 = not satisfied
rate-1 = not at all
rate-words = What else you would like to say
rate-send = Rate
rate-given = Your rating: { $stars }

own-do-words = Words
own-do-reason = Reason
own-do-appeal = Appeal
own-do-appeal-note = You may appeal once. Say why somebody should look again.
own-do-appeal-send = Send the appeal
own-do-reopen = It is not done: open it again
own-do-reopen-note = A closed case can be opened again within 14 days. Say what is still wrong.
own-do-reopen-send = Open it again
own-do-comment = Add something
own-do-comment-note = The centre will read it.
own-do-comment-send = Add
own-do-withdraw = Take it back
own-do-withdraw-note = Nobody will work on it then. You can undo this for a minute.
own-do-withdraw-send = Take this report back

own-done-withdraw = Taken back.
own-done-appeal = Your appeal is here; the centre will look again.
own-done-rate = Thank you for your rating.
own-done-reopen = It is open again.
own-done-answer = Answered; work goes on.
own-done-comment = Added.
own-done-undo = The last step was undone.

own-life = What happened
own-life-report = Your report came in
own-life-solve-on-spot = Your report came in, put right on the spot
own-life-join = Somebody else reported the same
own-life-ask-verify = Somebody was asked to look
own-life-confirm = Found true on the spot
own-life-refute = Found not to be so
own-life-file = Filed
own-life-decline = Declined
own-life-appeal = You appealed
own-life-merge = Joined with another case, handled together
own-life-taken-in = Another case about the same joined this one
own-life-let-go = A case that had joined goes its own way again
own-life-dispatch = Sent to the unit responsible
own-life-send-back = The unit sent it back; it is placed anew
own-life-start = The unit began to work on it
own-life-hand-in = The unit says that it is done
own-life-accept = An assisting unit began its part
own-life-hand-in-part = An assisting unit did its part
own-life-ask-check = Somebody else was asked to check
own-life-pass = Checked and closed
own-life-fail = The check failed: back to the unit
own-life-ask-extension = The unit asked for more time
own-life-grant-extension = The unit was given more time
own-life-refuse-extension = More time was refused
own-life-suspend = Put aside for a while
own-life-resume = Taken up again
own-life-supervise = A supervisor watches over it
own-life-answer-supervision = The supervisor was answered
own-life-reopen = Opened again
own-life-rate = You rated it
own-life-withdraw = You took your report back
own-life-void = Voided: entered by mistake
own-life-correct = What was noted was put right
own-life-question = The centre asks you
own-life-answer = Your answer
own-life-transfer = Passed on to a body outside the subdistrict
own-life-take-back = Taken back from the body outside
own-life-unmerge = Handled apart from the other case again
own-life-undo = The last step was undone
own-life-comment = A remark
own-life-cover-photo = Faces or plates on a picture were covered
own-life-erase-words = The words were erased, their term is over
own-life-number = case { $number }
own-life-until = until { $at }

## What cannot be done when reporting and sending
refusal-file-too-large = This file is too large: { $megabytes } MB at most. What you filled in is still here; choose another one.
refusal-batch-too-long = Too many records at once: { $limit } at most.
refusal-batch-out-of-order = The records are out of order: they come one after the other.
refusal-outbox-of-another = This outbox belongs to another phone.
refusal-record-unreadable = This record cannot be read. The page on the phone may be too old: update it and report again.
refusal-record-of-another-kind = This kind of record is not known. The page on the phone may be newer than the server.
refusal-uploads-too-many = This phone is sending too many photos at once. Wait a little.
refusal-upload-missing = There is no such upload. Begin again.
refusal-upload-checksum = The photo was damaged on its way. Send it again.
refusal-upload-offset-other = { $held } bytes of the photo are here. Go on from there.
refusal-upload-busy = Another piece of this photo is being written. Go on in a moment.
refusal-upload-longer-than-announced = More came than was announced.
refusal-upload-header-odd = The headers of this upload are odd.
refusal-tus-version-unknown = Uploads are tus 1.0.0 here.
refusal-piece-of-another-kind = A piece is application/offset+octet-stream.
refusal-voice-unknown-kind = This is not a recording.
refusal-photo-erased = This photo was erased, as the rules ask.
report-personal = There seems to be a phone, identity card, bank card or plate number in it. Leave it out if it is not needed; only the grid centre will read it whole.
words-personal = There seems to be a phone, identity card, bank card or plate number in it. Leave it out unless whoever reads this needs it.
