"""What boards ask beside title and text, and what was answered; images stay where their files are."""

from portal.discussion.images.models import Image, ImageUse
from portal.ideas.fields.models import BoardField, FieldChoice, FieldValue
from portal.transfer.complete.listing import carry, leave_out

for model in (BoardField, FieldChoice, FieldValue):
    carry(model)
for image in (Image, ImageUse):
    leave_out(image, "the files of images stay in the portal that keeps them")
