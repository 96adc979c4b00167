# Boxes over faces and plates.

photo-boxes-open = Cover faces and plates on this photo
photo-boxes-title = Cover faces and plates
photo-boxes-hint = Draw a box over each with one finger; a tap covers what is around it. What lies under a box is gone for good once you are done.
photo-boxes-image = The photo that is being covered
photo-boxes-keys = With keys: Tab to a box, arrow keys move it, Shift and arrow keys change its size, Delete takes it away.
photo-boxes-none = No box yet.
photo-boxes-count = Boxes: { $n }
photo-boxes-one = Box { $n }
photo-boxes-done = Cover
photo-boxes-undo = Undo the last box
photo-boxes-add = Add a box
photo-boxes-cancel = Cancel
photo-boxes-failed = That did not work, and nothing was covered. Please try again.
photo-boxes-unable = This phone cannot open the photo, so nothing can be covered on it. It goes as it is.

## Afterwards, by the grid centre
cover-photo-back = Back to the case
cover-photo-title = Cover faces and plates
cover-photo-link = Cover
cover-photo-final = What you cover is painted over in the stored picture, and the picture as it was is erased at once, for everybody. This cannot be taken back. Backups made before hold it until they expire.
cover-photo-draw = Draw boxes on the picture
cover-photo-boxes = Boxes
cover-photo-boxes-hint = Left, top, width and height in per cent, like 12.5,30,20,10; a space between boxes.
cover-photo-reason = Why
cover-photo-reason-hint = For instance: a bystander's face. The centre reads it, and it stays in the journal.
cover-photo-send = Cover for good
