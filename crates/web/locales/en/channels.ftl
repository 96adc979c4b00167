### How people, units and programs are told besides the inbox.

told-title = Qige { $tenant }
told-test = This is a test: notices arrive here.
told-code = Your code to receive notices at this address: { $code }. It is good for 30 minutes. If you did not ask for it, nothing is to be done.
told-many = { $n ->
    [one] One thing waits for you.
   *[other] { $n } things wait for you.
}
told-more = { $n ->
    [one] … and one more
   *[other] … and { $n } more
}
told-number = No. { $number }
told-brief-reports = There is news of a report of yours.
told-brief-tasks = You are asked to go and look.
told-brief-unit = A case needs your unit.
told-brief-centre = A case needs the grid centre.
told-brief-deadlines = A term comes near or has passed.
told-brief-safety = There is something for you about accounts and safety.
topic-reports = My reports
topic-tasks = Please go and look
topic-unit = My unit’s cases
topic-centre = The grid centre
topic-deadlines = Terms
topic-safety = Account and safety
way-kind-mail = Mail
way-kind-sms = Short message
way-kind-push = Browser
way-kind-wecom-robot = WeCom robot
way-kind-dingtalk-robot = DingTalk robot
way-kind-feishu-robot = Feishu robot
way-kind-webhook = Webhook
way-about-mail = Says what it is about, with a link.
way-about-sms = Says only that there is something, with its number and a link. It goes to the number of your account, and no more than ten times a day.
way-about-push = This browser shows it also while no page is open. It goes through the service of the browser’s maker. Where that is not reached, as that of Chrome or Edge in many networks of the mainland, nothing arrives: rely on the inbox, mail or short messages for what matters.
way-name = Name
way-parked = Parked
way-parked-hint = Nothing arrived here any more, so nothing is sent. Use it again once what was wrong is mended.
way-reopen = Use again
way-unconfirmed = Waits for its code
way-try = Send a test
way-end = Remove
way-code = Code
way-code-hint = Six digits of the letter that was just sent there.
way-confirm = Confirm
way-mail-address = Address
way-mail-other = Another address
way-mail-add = Send a code there
way-mail-off = Whoever runs the server has not set up mail.
way-sms-off = Whoever runs the server has not set up short messages.
way-sms-no-number = Your account has no number. An administrator can add it.
way-sms-add = Be told by short message
way-push-add = Be told by this browser
way-push-denied = This browser does not let the page show notices. It can be changed in the browser’s settings for this site.
way-push-failed = The service of the browser’s maker cannot be reached from here.
way-push-script = This needs a browser that runs scripts.
way-code-sent = A code was sent there. Type it in here.
way-added = Added.
way-confirmed = Confirmed. From now on notices go there.
way-reopened = It is used again.
way-ended = Removed. What waited for it is not sent.
way-tried-sent = The test was taken.
way-tried-later = It could not be sent just now: { $why }
way-tried-unsure = It may have arrived: { $why }
way-tried-refused = It was not taken: { $why }
me-ways-hint = By mail, short message or browser, at which hours, and of what:
my-ways-title = How I am told
my-ways-intro = Everything stands in the inbox. Here you choose what reaches you besides, and when.
my-ways-pause = Not while I work
my-ways-pause-hint = Nothing comes for some hours, then all of it in one message. What concerns the safety of your account comes at once.
my-ways-pause-for = { $hours ->
    [one] one hour
   *[other] { $hours } hours
}
my-ways-paused-until = Nothing comes until
my-ways-unpause = End the pause
my-ways-paused = Nothing comes until the pause ends.
my-ways-unpaused = The pause has ended.
my-ways-topics = What goes which way
my-ways-topics-hint = What is not ticked still stands in the inbox.
my-ways-kinds = One by one
my-ways-kinds-hint = Where only some notices of a topic should go another way, tick them here. What differs from the topic is kept until the topic is set to the same.
my-ways-kinds-count = { $n ->
    [one] one kind
   *[other] { $n } kinds
}
my-ways-kinds-otherwise = { $n ->
    [one] one differs
   *[other] { $n } differ
}
my-ways-kind = Notice
my-ways-save = Save
my-ways-saved = Saved.
my-ways-habits = Quiet hours and digest
my-ways-habits-hint = What comes in quiet hours waits for their end. Leave both empty to have none.
my-ways-quiet-from = Quiet from
my-ways-quiet-until = Quiet until
my-ways-digest = Once a day at
my-ways-digest-hint = All of a day in one message; empty: each at once.
own-deliveries-title = What was sent to me
own-deliveries-intro = What left besides the inbox, and what came of it.
deliveries-title = What was sent
deliveries-intro = Every notice on every way besides the inbox, kept half a year. What it said and where it went to is not in here.
deliveries-none = Nothing was sent.
deliveries-any = Any
deliveries-look = Look
delivery-way = Way
delivery-whom = To
delivery-topic = What about
delivery-state = State
delivery-tries = Tries
delivery-problem = What went wrong
delivery-due = due
delivery-again = Send once more
delivery-again-done = It is sent once more.
delivery-way-gone = removed since
delivery-state-waiting = Waits
delivery-state-sending = Under way
delivery-state-sent = Taken
delivery-state-unsure = May have arrived
delivery-state-failed = Not taken
delivery-state-dropped = Not needed any more
admin-tab-channels = Channels
permission-manage-channels = Set up robots and webhooks, see what was sent
channels-title = Robots and webhooks
channels-intro = Groups and programs hear that there is something, of what sort, and its number; never a reporter, an address or what was said. People choose their own ways at “How I am told”.
channels-none = No group and no program hears of notices yet.
channel-add = Add
channel-kind-hint = A robot is made in the settings of its group, which then shows an address. A webhook is an address of another program.
channel-name-hint = For example the group’s name.
channel-address = Address
channel-address-hint = Kept under lock and not shown again.
channel-address-other = Another address
channel-address-kept = Empty: as it is.
channel-secret = Secret
channel-secret-other = Another secret
channel-secret-hint = Where a DingTalk or Feishu robot asks for signed messages (加签, 签名校验). A webhook’s secret is drawn here and shown once.
channel-hears = Hears of
channel-hears-hint = A unit’s own group hears only what that unit is told.
channel-hears-all = the whole subdistrict
channel-open = In use
channel-since = since
channel-parked = Parked since
channel-texts = What is said
channel-texts-hint = To groups and by short message, in the language of the subdistrict or of whoever gets it. Several at once become one message with their number.
channel-secret-drawn = The webhook’s secret
channel-secret-of = With this, { $name } checks that events come from here (Standard Webhooks):
channel-secret-once = It is shown this once. Put it into the other program now.
channel-secret-both = For a day, events are also signed with the secret before.
channel-secret-renew = Draw another secret
channel-end = Remove
channel-end-hint = Nothing is sent there any more. The log stays.
refusal-way-missing = This way is not there any more.
refusal-way-name = A name has 1 to { $max } characters.
refusal-ways-many = There are { $max } already. Remove one that is not used any more.
refusal-way-code-gone = This code is not good any more. Have another one sent.
refusal-way-code-wrong = The letter has another code.
refusal-way-code-soon = A code was just sent. Wait a minute before you ask for another.
refusal-way-not-confirmed = The address waits for its code.
refusal-mail-address = This is no address of mail that anything can be sent to.
refusal-mail-off = Whoever runs the server has not set up mail.
refusal-mail-not-sent = The mail server did not take the letter just now. Try again later.
refusal-sms-off = Whoever runs the server has not set up short messages.
refusal-sms-no-number = Your account has no number.
refusal-push-subscription = The browser gave no subscription that can be used.
refusal-notice-minute = A time of the day is written as 22:00.
refusal-notice-kind = This notice is not of that topic. Load the page again and choose.
refusal-notice-quiet-half = Quiet hours have a beginning and an end.
refusal-notice-pause-long = A pause ends after 72 hours at the latest.
refusal-delivery-not-failed = This was sent, or waits to be.
refusal-channel-address = An address begins with https:// and then names a host.
refusal-channel-address-closed = This server does not speak to { $host }: it lies in a network of its own. Whoever runs the server can allow it by name.
refusal-channel-no-topic = Tick at least one thing to hear of.
refusal-channel-personal = Choose a robot or a webhook.
refusal-channel-no-webhook = Only webhooks have a secret that is drawn here.
