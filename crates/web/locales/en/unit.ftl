### Units: one page on a phone.

nav-unit = To do
unit-title = To do for my unit
unit-lists = In hand and done
unit-units = My units
unit-in-hand = In hand
unit-done = Done
unit-new = New
unit-nothing-in-hand = Nothing to do: all handled.
unit-nothing-done = Nothing has been handed in yet.
unit-none-of-yours = Your account does not belong to a unit yet. Ask the subdistrict's administrator.

## A case
unit-what = What to do
unit-no-words = No words: see the photos and the place.
unit-reported-around = Reported around
unit-ways = Ways there
unit-way-phone = Phone's map
unit-way-amap = Amap
unit-way-baidu = Baidu Maps
unit-way-tencent = Tencent Maps
unit-no-point = There is no point on the map. If it is not clear where it is, ask the dispatcher in a comment.
unit-demand-extension = More time was asked for; no answer yet
unit-demand-supervision = Under supervision: please answer

## What to do about it
unit-photos = Photos
unit-photos-hint = Show the place after the work, best from where it was shown before. No faces, no number plates.
unit-photos-again = The photos were not taken. Please choose them again.
unit-photo-take = Take a photo ({ $n })
unit-photo-album = Choose from the album (several)
unit-note = What was done
unit-reason = Reason
unit-until = Until when
unit-answer = Your answer
unit-answer-send = Answer
unit-comment = Your comment
unit-comment-note = The grid centre reads it.
unit-send-back-note = Only for what is not your unit's. Say why, and best whose it is.
unit-do-start = Start
unit-do-accept = Start as an assisting unit
unit-do-hand-in = Hand in
unit-do-hand-in-part = Hand in our part
unit-do-ask-extension = Ask for more time
unit-do-send-back = Send back
unit-do-comment = Comment
