### Notices.

notice-critical-arrived = Critical, just reported: { $what }
notice-reports-arrived = { $n ->
    [one] One new report waits
   *[other] { $n } new reports wait
 }
notice-verify-asked = Please go and see whether it is so: { $what }
notice-verify-confirmed = It is so, says who went there: { $what }
notice-verify-refuted = It is not so, says who went there: { $what }
notice-report-declined = Your report “{ $what }” was not taken on; see why. You may appeal once
notice-report-filed = Your report “{ $what }” is a case now
notice-report-merged = Your report “{ $what }” is the same as another and follows it
notice-report-unmerged = Your report “{ $what }” is handled on its own again
notice-report-dispatched = Your report “{ $what }” is with the responsible unit
notice-report-closed = Your report “{ $what }” is done; have a look and rate it
notice-report-suspended = Your report “{ $what }” was put aside for a while; see why
notice-report-reopened = “{ $what }” was opened again
notice-report-void = Your report “{ $what }” was declared void; see why
notice-report-question = There is a question for you about “{ $what }”
notice-report-transferred = Your report “{ $what }” was passed on to another body
notice-appeal-made = The reporter appeals: { $what }
notice-unit-dispatched = New for you: { $what }
notice-unit-called = Please help with: { $what }
notice-sent-back = The unit sent back: { $what }
notice-escalated = A unit sent back again, it is yours to place: { $what }
notice-part-accepted = A helping unit accepted: { $what }
notice-part-handed-in = A helping unit handed in its part: { $what }
notice-handed-in = The unit handed in; arrange a check: { $what }
notice-check-asked = Please go and check: { $what }
notice-unit-passed = Checked and closed: { $what }
notice-unit-rework = The check failed, rework is needed: { $what }
notice-check-failed = The check failed, back to the unit: { $what }
notice-extension-asked = A unit asks for more time: { $what }
notice-extension-granted = More time was granted: { $what }
notice-extension-refused = More time was refused: { $what }
notice-unit-suspended = Put aside, the clock stands still: { $what }
notice-unit-resumed = Goes on again: { $what }
notice-unit-supervised = A supervisor waits for your answer: { $what }
notice-supervised = A supervisor watches over: { $what }
notice-supervision-answered = The supervision was answered: { $what }
notice-reopened = Opened again after closing: { $what }
notice-withdrawn = The reporter took it back: { $what }
notice-unit-void = Declared void: { $what }
notice-question-answered = The reporter answered: { $what }
notice-commented = Somebody commented on: { $what }
notice-report-commented = There is an answer for you about “{ $what }”
notice-unit-commented = The centre has something for your unit about “{ $what }”
notice-unit-corrected = Corrected: { $what }
notice-rerouted = Corrected, and by the routing rules now another unit's: { $what }
notice-case-amber = Nearly due: { $what }
notice-case-red = Overdue: { $what }
notice-case-over = Overdue by as much again, the supervisors know: { $what }
report-unnamed = a report
