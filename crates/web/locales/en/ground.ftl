### On the ground: verifications and checks.

nav-ground = On the spot
ground-title = To look at on the spot
ground-none = Nothing to look at.
ground-kind-verify = Verify
ground-kind-check = Check
ground-look-verify = Look whether it is so
ground-look-check = Look whether it is done
ground-asked = Asked
ground-photo-or-words = Take a photo, or write what you see.
ground-photos-hint = Show the place, best from where it was shown before. No faces, no number plates.
ground-seen = What you see
ground-lacking = What is lacking
ground-do-confirm = It is so
ground-do-refute = It is not so
ground-do-pass = It is done: close the case
ground-do-fail = It is not done: back to the unit
