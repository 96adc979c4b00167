### Texts that all pages share.

plain = { $text }
done = Done.
product-name = Qige

## Around the page
skip-to-content = Skip to the content
nav-label = Sections
nav-account-label = My account
nav-notices = Notices
nav-sign-in = Sign in
elder-mode = Large text
theme-dark = Dark
theme-light = Light
install-app = Install
update-waiting = A new version is ready.
update-reload = Update
lost-without-https = This connection is not secure (no HTTPS): your position cannot be taken, the app cannot be installed, and nothing is kept when you are offline. Please use the https address.
undo-left = Can be undone for { $seconds } seconds
undo-button = Undo

## Dates and numbers
list-between = { ", " }
date-today = today { $time }
date-yesterday = yesterday { $time }
date-tomorrow = tomorrow { $time }
date-this-year = { $day } { $month } { $time }
date-other-year = { $day } { $month } { $year } { $time }
date-day = { $day } { $month } { $year }
date-full = { $weekday }, { $day } { $month } { $year }, { $time }:{ $second } (UTC{ $offset })
date-month-1 = January
date-month-2 = February
date-month-3 = March
date-month-4 = April
date-month-5 = May
date-month-6 = June
date-month-7 = July
date-month-8 = August
date-month-9 = September
date-month-10 = October
date-month-11 = November
date-month-12 = December
date-weekday-1 = Monday
date-weekday-2 = Tuesday
date-weekday-3 = Wednesday
date-weekday-4 = Thursday
date-weekday-5 = Friday
date-weekday-6 = Saturday
date-weekday-7 = Sunday
duration-minutes = { $n ->
    [one] { $n } minute
   *[other] { $n } minutes
}
duration-hours = { $n ->
    [one] { $n } hour
   *[other] { $n } hours
}
duration-days = { $n ->
    [one] { $n } day
   *[other] { $n } days
}
distance-metres = { $n } m
distance-kilometres = { $n } km

## Components
form-has-error = One thing needs to be changed:
form-label-end = :{ " " }
field-optional = (optional)
choice-none = None
pager-label = Pages
pager-first = Back to the first page
pager-next = Next page
pager-shown = { $n } on this page
compare-slider = Drag to compare before and after
compare-before = Before
compare-after = After
map-open = Open the map
map-loading = Opening the map…
map-failed = The map cannot be opened. The words below say the same.
outbox-title = Reports kept on this phone
outbox-waiting = Waiting
outbox-sending = Sending
outbox-photos = Photos { $done }/{ $all }
outbox-delivered = Delivered
outbox-refused = Not taken
outbox-full = This phone has no room for more reports. Go online and send these first.
outbox-not-persistent = The browser may clear what was not sent yet. Please go online and send it soon.
outbox-offline = You are offline. They are sent by themselves once you are online.
outbox-photo-refused = A photo was not taken
outbox-sign-in = Please sign in to send them
outbox-look = Look
outbox-drop = Remove
outbox-send = Send now

## First page
home-title = Your subdistrict's grid service
home-intro = Seen something on the way? A photo is enough. No account needed.
home-report = Report something
home-sign-in-hint = Riders, grid workers and staff please sign in.

## Pages that say no
problem-title-invalid = Something needs to be changed
problem-title-sign-in = Please sign in
problem-title-forbidden = This is not possible
problem-title-missing = There is no such page
problem-title-method = This address does not work that way
problem-title-conflict = Things have changed
problem-title-gone = It was deleted
problem-title-too-large = Too large
problem-title-unsupported = This format is not taken
problem-title-too-many = Please wait a moment
problem-title-unavailable = Not possible just now
problem-title-broken = Something broke
problem-field = It is about:
problem-retry = Please try again in { $seconds } seconds.
problem-unsaid = This is not possible, but the system did not say why. Please tell an administrator the number below.
problem-back = Back to the page before
problem-home = To the first page
problem-quote = When you ask for help, please quote
problem-kind-title = Problem: { $code }
problem-kind-note = What stands in braces is replaced by a value when it happens.

## Notices
notices-unread = { $n ->
    [one] { $n } unread notice
   *[other] { $n } unread notices
}
notices-title = Notices
notices-none = There are no notices.
notices-read-all = Mark all as read
notices-was-read = read
notices-open = Open

# Files beside a case.
file-size = { $kilobytes } KB
files-bring = Files
files-bring-hint = Photos, PDF, OFD, Word or Excel; five at most, 20 MB each. Whoever may read the words may save the files.
## Lists as files
list-files = This list as a file:
list-kind = Kind
list-attempts = Attempts
list-problem = Problem
list-part = Part
list-place = Place
list-changed = Last change
list-rating = Stars
list-task = Task
list-asked = What was asked
list-order = Order
list-helpers = Units that help
list-group = Group
list-metres = Metres apart
list-days = Days apart
list-kinship = Matters
list-shared = Words and streets in common
list-waits = Waits for
list-at = When
list-by = By
list-said = What was said
list-taken-by = Taken over by
list-taken-at = Taken over
list-yes = yes
list-weekday = Weekday
list-line = Line
list-step = Step
list-moves = How it moved
list-also = Changed too
list-parts = Written besides
list-hash = Check value
list-of = Of what
list-month = Month
list-reason = Why it was corrected
## Looking for something in a list of one's own
look-for = Look for
look-for-go = Look
look-for-own = number, words, place or matter; pinyin too
look-for-mine = words, matter or number; pinyin too
look-for-none = Nothing was found for “{ $q }”.
look-for-further = None of these thousand is found by “{ $q }”; the next page looks further.
look-for-all = Show all
