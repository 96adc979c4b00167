### Administration.

## Around the pages
nav-admin = Administration
admin-sections = Sections of administration
admin-tab-start = Overview
admin-tab-places = Communities and grids
admin-tab-units = Units
admin-tab-people = People
admin-tab-permissions = Permissions
admin-tab-calendar = Calendar
admin-tab-settings = Settings
admin-tab-jobs = Jobs
admin-tab-journal = Journal
admin-save = Save
admin-saved = Saved.
admin-changed = Last changed
admin-remove = Remove
admin-state = State
admin-any = All
admin-search = Search
admin-choose = Please choose
admin-own = Own
admin-count = How many
admin-counted = Of what
admin-counted-work-days = Working days
admin-counted-work-minutes = Minutes of working time
admin-counted-clock-minutes = Minutes by the clock, day and night
admin-term-work-days =
    { $n ->
        [one] 1 working day
       *[other] { $n } working days
    }
admin-term-work-minutes =
    { $n ->
        [one] 1 minute of working time
       *[other] { $n } minutes of working time
    }
admin-term-clock-minutes =
    { $n ->
        [one] 1 minute
       *[other] { $n } minutes
    }

## Overview
admin-title = Administration
admin-attention = Needs attention
admin-attention-none = All is well; nothing needs attention.
admin-certificate-none = The server has no certificate yet: HTTPS does not open.
admin-certificate-ends = The certificate of the server ends soon. It is good until
admin-certificate-reason = No new one came; it is asked for again by itself. What was said: { $why }
admin-certificate-files = Please renew its files; they are taken up by themselves, without a restart.
admin-years-missing = The holidays of { $years } are not known: deadlines that reach there count them as ordinary days.
admin-years-missing-go = Add them
admin-jobs-stuck = Nobody does the work in the background: the oldest job should have begun at
admin-jobs-failed =
    { $n ->
        [one] One job in the background gave up.
       *[other] { $n } jobs in the background gave up.
    }
admin-jobs-go = See the jobs
admin-unlocated =
    { $n ->
        [one] One open case lies nowhere yet.
       *[other] { $n } open cases lie nowhere yet.
    }
admin-unlocated-go = Place them
admin-grids-none = There are no grids yet: reports arrive, but a dispatcher has to place each of them.
admin-units-none-yet = There are no units yet to give cases to.
admin-units-alone = These units have no people, so nobody would hear of a case given to them:
admin-rules-broken = { $n } routing rules cannot work; cases that fit them are dispatched by hand.
admin-rules-broken-go = Mend them
admin-counts = How much there is
admin-count-communities = Communities and villages
admin-count-grids = Grids
admin-count-units = Units
admin-count-people = People here
admin-count-paused = Paused accounts

## Units
admin-units-title = Responsible units
admin-units-intro = Cases are given to units. A closed unit keeps its past cases and gets no new ones.
admin-units-none = There is no unit yet. Add one below; then cases can be given to it.
admin-unit-name = Name
admin-unit-kind = Sort
admin-unit-contact = Office telephone
admin-unit-contact-hint = For everybody to see; not anybody’s own number.
admin-unit-people = People
admin-unit-people-none = Nobody yet.
admin-unit-people-hint = A security administrator gives the roles “Unit handler” or “Unit lead” on a person’s page.
admin-unit-alone = Nobody
admin-unit-open = Open
admin-unit-shut = Closed
admin-unit-add = Add a unit
admin-unit-added = “{ $name }” was added.
admin-unit-close = Close this unit
admin-unit-close-title = Close
admin-unit-close-hint = No case can be given to it any more; what it has stays, and it can be opened again at any time.
admin-unit-closed = The unit is closed.
admin-unit-reopen = Open this unit again
admin-unit-reopen-title = Open again
admin-unit-reopen-hint = Cases can be given to it again.
admin-unit-reopened = The unit is open again.
unit-kind-department = Public department
unit-kind-enterprise = Enterprise (water, power, gas, telecoms)
unit-kind-community = Community or village
unit-kind-property = Property manager

## People
admin-people-title = People
admin-people-search = Search people
admin-people-words = Name, sign-in name or whole phone number
admin-people-none = There is nobody yet.
admin-people-not-found = Nobody like that was found.
admin-people-all = See everybody
admin-role = Role
admin-person-name = Name
admin-person-name-hint = What others read, such as “Rider 0017”.
admin-person-sign-in = Signs in by
admin-person-phone = Mobile number
admin-person-phone-hint = Give a number or a sign-in name, or both.
admin-person-has-phone = Registered
admin-person-no-role = No role
admin-person-add = Add a person
admin-person-add-hint = A first password is drawn and shown once. A security administrator then gives the roles.
admin-person-change = Change
admin-person-state = Account
admin-person-state-active = The account can sign in. Pausing signs the person out everywhere; roles stay.
admin-person-state-paused = The account is paused: it cannot sign in, and roles stay.
admin-person-pause = Pause
admin-person-activate = Bring back
admin-person-leave = The person leaves
admin-person-leave-hint = All roles end; number, sign-in name and password are erased. This cannot be taken back. Past records stay.
admin-person-leave-really = “{ $name }” leaves for good
admin-person-activated = The account is back.
admin-person-paused = The account is paused.
admin-person-left = The person has left; what the account held is erased.
admin-credentials-none = Signed in nowhere.
admin-draw = Draw another password
admin-draw-hint = The person is signed out everywhere and signs in with the new one.
admin-drawn-added = The account is ready
admin-drawn-replaced = The password was replaced
admin-drawn-once = The password is shown here once and never again. Note it now and hand it over in person.
admin-drawn-account = Signs in by
admin-drawn-password = Password
admin-drawn-hint = It is good for seven days. At the first sign-in the person chooses another one, which nobody else knows.
admin-drawn-on = Go to the person

## Roles given
admin-grants = Roles
admin-grants-none = No role yet: signed in, the person can do next to nothing.
admin-grants-not-oneself = Nobody gives roles to themself; another security administrator does.
admin-grant-from = From
admin-grant-ended = Ended
admin-grant-by = given by { $name }
admin-grant-give = Give a role
admin-grant-hint = In brackets: over what a role can be given. Tenant administrator, security administrator and auditor are never one person.
admin-grant-until = Last day
admin-grant-until-hint = Open-ended where it is left out.
admin-scope = Over what
admin-scope-hint = It holds only there.
admin-granted = The role was given.
admin-revoke = Take back
admin-revoked = The role was taken back, as of now.

## Permissions
admin-permissions-title = Roles and permissions
admin-permissions-intro = What a role may do is fixed; giving it chooses over what and until when. The three powers stay apart: tenant administrator, security administrator and auditor are never one person, and none of them works on cases.
admin-permissions-by-role = By role
admin-permissions-by-permission = By permission
admin-permissions-count =
    { $n ->
        [one] 1 permission
       *[other] { $n } permissions
    }
admin-permission = Permission
admin-permission-breadth = Where the role is over a part only
breadth-anywhere = Holds all the same
breadth-part = Holds for that part
breadth-whole = Not given: the whole subdistrict is needed
admin-power = One of three powers
admin-everybody = Everybody

## Calendar
admin-calendar-title = Work calendar
admin-calendar-intro = Deadlines count the hours given here. A change counts for deadlines set from then on.
admin-calendar-saved = The work calendar was saved.
admin-week = The week
admin-week-hint = Written 08:30-12:00 13:30-18:00, with blanks between; nothing is a day off.
admin-week-save = Save the week
admin-day-monday = Monday
admin-day-tuesday = Tuesday
admin-day-wednesday = Wednesday
admin-day-thursday = Thursday
admin-day-friday = Friday
admin-day-saturday = Saturday
admin-day-sunday = Sunday
admin-day-makeup = Make-up workdays
admin-day-makeup-usual = As an ordinary day
admin-day-off = Off
admin-holidays = Holidays
admin-holidays-observed = Off on holidays, worked on make-up days
admin-holidays-ignored = Every week is the same
admin-off-day-start = Opened on a day off, a term begins
admin-after-close-start = Opened after the close, a term begins
admin-start-next-opening = when the next working day opens
admin-start-same-clock-time = at the same clock time of the next working day
admin-start-keep-clock-time = at once; that day is the first
admin-zone = Time zone
admin-zone-hint = Such as Asia/Shanghai.
admin-trial = Try it before saving
admin-trial-hint = Computes a deadline with the hours above; nothing is saved.
admin-trial-start = Opened at (now, where left out)
admin-trial-button = Try
admin-trial-result = What came of trying
admin-trial-asked = Opened { $start }, for
admin-trial-begins = Begins
admin-trial-due = Due
admin-trial-guess = The holidays of { $years } are not known; this is a guess.
admin-trial-cut = The term is longer than twenty years and was cut there.
admin-trial-draft = These hours are not saved yet.
admin-days = Holidays and make-up days
admin-years = Years
admin-year-unknown = Not known
admin-published =
    { $n ->
        [one] One day of the arrangement published as { $notice } is not in the calendar.
       *[other] { $n } days of the arrangement published as { $notice } are not in the calendar.
    }
admin-published-all = As published in { $notice }.
admin-unpublished = The arrangement of this year is not in the product yet. It is usually published around November of the year before; please add its days.
admin-publish = Take over the published days
admin-days-import = Import holidays from a file
admin-days-import-hint = JSON (with name, date and isOffDay in days) or a calendar file (.ics, whose titles say 休 or 班, holiday or workday). What the file says of a day counts; other days of the year stay.
admin-days-import-file = File
admin-days-imported = { $year }: { $off } days off and { $on } workdays taken; { $left } days of other years were left out.
admin-days-published = The published days of { $year } are in the calendar.
admin-days-none = No day of { $year } differs from the week yet.
admin-day-add = Add a day
admin-day-added = { $date } was added.
admin-day-removed = { $date } was removed.
admin-date = Date
admin-day-kind = Sort
admin-day-holiday = Off
admin-day-workday = Worked
admin-day-name = Name

## Settings about cases
admin-settings-title = Settings about cases
admin-settings-intro = What is decided here holds for the whole subdistrict. Every change is written to the journal.
admin-settings-cases = How cases are dealt with
admin-usual = Usually { $value }.
admin-reopen-days = Days within which a closed case can be opened again
admin-reopen-days-hint = Within these days the reporter can say that it is not solved. 0 to 365.
admin-extensions = Extensions per dispatch
admin-extensions-hint = After these, only the supervisor decides. 0 to 5.
admin-send-back = The send-back after which the supervisor decides
admin-send-back-hint = So that units do not pass a case to and fro. 1 to 10.
admin-undo-seconds = Seconds within which a step can be taken back
admin-undo-seconds-hint = Notices are held that long. 0 to 600.
admin-duplicate-days = Days back in which similar cases are looked for
admin-duplicate-days-hint = Open cases of these days are suggested as the same. 0 to 90.
admin-transfer-stops-clock = The clock stands still while an external body has a case
admin-transfer-stops-clock-hint = The time that an external body takes does not count.
admin-terms = Terms of the stages
admin-terms-intro = The table shows the terms as they hold now; another can be set for a stage, an urgency or a matter.
admin-terms-try = Try when a term ends
admin-stage = Stage
admin-urgency = Urgency
admin-matter = Matter
admin-every-urgency = Every urgency
admin-every-matter = Every matter
admin-rules = Terms of our own
admin-rules-none = None of our own: the usual terms hold.
admin-rule-add = Set a term
admin-term-put = The term is set for stages that begin from now on.
admin-term-dropped = The usual term holds again.
admin-radii = How near is perhaps the same
admin-radii-intro = Cases of a class within this distance are suggested as perhaps the same. Other classes go by the catalogue.
admin-radii-none = None of our own.
admin-radius-put = Set the distance
admin-major = Major class
admin-metres = Metres (5 to 500)

## Jobs
admin-jobs-title = Work in the background
admin-jobs-intro = Notices and tidying up are done in the background. What fails is tried again; what fails again and again waits here.
admin-jobs-waiting = Waiting
admin-jobs-running = Running
admin-jobs-gave-up = Failed
admin-jobs-oldest = Oldest
admin-jobs-attempts =
    { $n ->
        [one] tried once
       *[other] tried { $n } times
    }
admin-jobs-wanted = Wanted
admin-jobs-failed-at = Failed
admin-jobs-retry = Try again
admin-jobs-discard = Discard
admin-jobs-hint = Try again once the cause is mended; discard what is not needed any more. Both are written to the journal.
admin-jobs-none = No job has failed.
admin-job-retried = The job waits to be tried again.
admin-job-discarded = The job was discarded.

## Journal
admin-journal-title = Journal
admin-journal-intro = Everything that is done stands in the journal, each line chained to the one before: a line that was changed is found out.
admin-journal-verify-title = Verify
admin-journal-verify-hint = Computes every line again and compares cases, access log, consents and points with their journal. With many cases it takes minutes.
admin-journal-verify = Verify now
admin-journal-checked = Verified
admin-journal-holds = The journal holds, and cases, access log, consents and points agree with it.
admin-journal-broken = Something does not agree. Report it at once and change nothing.
admin-journal-streams = Chains
admin-journal-lines = Lines
admin-journal-erased = Lines whose words were erased by rule
admin-journal-faults = Breaks in the chain
admin-journal-differing = Cases that differ from their journal
admin-journal-beside = Access log, consents and points that differ from their journal
admin-journal-fault-order = A line is missing or out of order
admin-journal-fault-link = Not linked to the line before
admin-journal-fault-hash = The hash does not agree
admin-journal-fault-body = The words were changed
admin-journal-fault-silenced = what it said is gone, and nothing says that it was erased
admin-journal-at-line = Line { $n }
admin-journal-case = Number of a case
admin-journal-look = Look
admin-journal-not-found = There is no case of that number.
admin-journal-nobody = The product, or a reporter
admin-journal-changed = Changed as well:
admin-journal-parts = Written beside it:
admin-journal-kept = Who did what, and how the case moved. Words, places and who reported it are read by the grid centre alone.
admin-journal-body-erased = Words erased by rule
admin-tab-tokens = Programs
admin-tokens-title = Programs
admin-tokens-intro = Other software comes in by a token. Each has an account of its own, so that the journal tells what it did.
admin-tokens-none = No program comes in yet.
admin-token-name = Program
admin-token-name-hint = Others read it where the program did something
admin-token-ends = Ends
admin-token-unused = not yet
admin-token-issue = Let a program in
admin-token-hint = It may do what its role may do, and nothing more. A program cannot be an administrator.
admin-token-until-hint = At most one year from today
admin-token-drawn = The program can come in
admin-token-once = The token is shown this once. Note it now, and keep it like a password.
admin-token-secret = Token
admin-token-use = The program sends it with every request:
admin-token-ended = It was ended; the program cannot come in any more.
