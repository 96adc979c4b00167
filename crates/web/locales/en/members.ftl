### How people come to report for the scheme.

nav-members = Members
members-title = Members of the scheme
members-intro = From recommended to active: a community worker recommends, the administrator invites by a card with a code, the invited reads the rules and consents, the security administrator makes them active.
members-community = Community
members-recommended-by = Recommended by
members-changed = Moved on
members-none = Nobody has been recommended yet.
members-owes = Owes consent
members-owing = Owe consent { $n }
members-owing-hint = These accepted an invitation or are active, but no consent of theirs to being a grid member holds: they were active before it was asked for, or its text was renewed. Those who are active have been sent a notice. You can also ask them to read and decide under “My consents”, or record a signed paper on the page of the person. Whoever does not want to can leave, or the administrator pauses the account.
members-none-so = Nobody is at that point.
members-recommend = Recommend somebody
members-recommend-hint = Ask them first. Nothing is sent; they get a card with a code from you.
refusal-member-community = Choose a community that you look after: you recommend people for those only.
members-recommended = Recommended. The administrator can invite them now.
members-invite = Invite, and print cards
members-activate = Make active
members-activated = { $n ->
    [one] One member is active now.
   *[other] { $n } members are active now.
}
members-not-activated = { $n ->
    [one] One person was not made active:
   *[other] { $n } people were not made active:
}
member-state-recommended = Recommended
member-state-invited = Invited
member-state-prepared = Consented and trained
member-state-active = Active
member-state-paused = Paused
member-state-left = Left
invites-title = Invitations
invites-once = These codes are shown only now. Print them, or invite again to draw others.
invites-hint = Each card belongs to one person. Hand it over in person.
invites-from = { $who } invites you to report what is broken in town, as a mobile grid member.
invites-qr = Code to scan for { $name }
invites-type = Scan it, or type at
invited-title = Your invitation
invited-code = Code of the invitation
invited-code-hint = The sixteen letters on your card.
invited-open = Open
invited-welcome = { $name }, { $who } invites you to report what is broken in town while you are on the road.
invited-rules = The rules, in short
member-rule-1 = Stop before you use the phone. No report is worth an accident.
member-rule-2 = Report things and places, never people: no faces, no plates, nothing about who lives where.
member-rule-3 = Somebody needs help? Call 110, 120 or 119 first.
member-rule-4 = Nobody follows where you are. Only the place that you choose is sent with a report.
member-rule-5 = Units never learn who reported. Nobody is ranked, and nothing here touches your orders or your pay.
member-rule-6 = You may pause or leave at any time, without a reason.
invited-have-read = I have read the rules and will keep to them
invited-consent = I consent to what is written above
invited-password-hint = You can also sign in by a code sent to your phone.
invited-accept = Accept
invited-accepted = Welcome! You can sign in as soon as you have been made active; your community will tell you.
roster-title = Add people by a list
roster-intro = A workbook (.xlsx) or comma-separated values (.csv) with the columns name, phone and community, at most { $limit } people. You see what is wrong before anything is taken; whoever is here already stays as they are.
roster-file = List
roster-file-hint = The first sheet of a workbook is read.
roster-look = Look at it
roster-other = Another list
roster-wrong = { $n ->
    [one] One row cannot be taken. Mend the list and send it again; nothing was taken.
   *[other] { $n } rows cannot be taken. Mend the list and send it again; nothing was taken.
}
roster-good = New: { $added }. Here already: { $known }.
roster-number = Row
roster-what = What happens
roster-known = Here already
roster-new = Will be recommended
roster-take = Recommend { $n }
roster-taken = Recommended: { $added }. Here already: { $known }.
permission-recommend-member = Recommend members
