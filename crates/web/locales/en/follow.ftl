### Following by code, without an account.

follow-title = Follow a report
follow-intro = Type the follow code that you were given when you reported.
follow-code = Follow code
follow-code-hint = Twelve letters and digits; capitals, spaces and hyphens do not matter.
follow-look = Look
follow-lost = Lost the code? To protect reporters nobody can look it up. Report again, and the centre will join the two.
follow-on-phone = What was reported on this phone is listed below.
follow-have-code = Have a follow code? See what happens
follow-keep = Keep the follow code
follow-keep-note = With it this page opens on another phone or computer. Whoever has it can read and act here, so keep it to yourself.
share-copy = Copy the link
share-copied = Copied
share-share = Share

refusal-follow-code-wrong = That is no follow code. Check it and try again: 0 and O, 1 and I count as the same.

## The first page
home-how = What happens then
home-how-photo = A photo, a matter, sent in ten seconds; without signal it waits on your phone.
home-how-centre = The centre looks at it, and joins what others reported near by.
home-how-unit = The unit responsible handles it by a deadline, and somebody else checks.
home-how-told = Follow it with your code and rate it; if it is not done, open it again.
home-privacy = Reports are about places and things, never about a person. Those who do the work never see who reported it.
home-staff = With an account
