### Several cases at once, and giving a case to another unit.

notice-unit-taken-away = Given to another unit: { $what }
notice-unit-help-ended = Your help is no longer asked for, it was dispatched anew: { $what }
refusal-unit-has-it-already = This unit has it already. Choose another one, or other units to help.
command-redispatch = Give to another unit
selection-title-reroute = By the routing rules, several cases
selection-title-comment = Comment on several cases
selection-title-undo = Taken back
selection-do-file = File
selection-do-dispatch = Dispatch
selection-do-reroute = By the rules
selection-do-merge = Merge
selection-do-comment = Comment
selection-all = all that the filter holds, at most 200
selection-more = The filter holds more. These are the first { $n }; do the rest afterwards.
selection-undo = Take back all { $n }
selection-words = What is said about each
selection-public = Reporters read it too
selection-public-hint = Otherwise it stays among staff.
refusal-route-nowhere = No routing rule fits it. Dispatch it by hand.
refusal-route-broken = The routing rule that fits cannot work. Mend it, or dispatch by hand.
