"""Small pictures for tests, as files."""

from io import BytesIO

from PIL import Image

GPS = 0x8825


def file_of(kind="PNG", size=(60, 40), colour=(20, 120, 60), **more):
    """The bytes of a picture in one colour."""
    file = BytesIO()
    mode = "RGBA" if len(colour) == 4 else "RGB"
    Image.new(mode, size, colour).save(file, kind, **more)
    return file.getvalue()


def from_a_camera(size=(60, 40)):
    """A JPEG that lies on its side, and says where it was taken and by which camera."""
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Secret Camera"
    exif.get_ifd(GPS)[2] = (52.0, 31.0, 12.0)
    return file_of("JPEG", size, exif=exif.tobytes())


def moving():
    """A GIF that is red first and blue then."""
    file = BytesIO()
    red, blue = (Image.new("RGB", (20, 20), colour) for colour in ((255, 0, 0), (0, 0, 255)))
    red.save(file, "GIF", save_all=True, append_images=[blue], duration=100)
    return file.getvalue()


def opened(data):
    """The picture in a file."""
    picture = Image.open(BytesIO(data))
    picture.load()
    return picture
