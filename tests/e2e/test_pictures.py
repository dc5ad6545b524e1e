"""Pictures tell readers nothing but what is seen: not where, when and with what they were taken."""

import json
import struct
import subprocess
import zlib

import pytest

from publication import eventually, run

SECRET = b"SECRET"
PRIVATE = [SECRET, b"Heidi Brandt", b"SN-4711-0815", b"http://ns.adobe.com", b"MPF"]


def segment(marker, payload):
    return bytes([0xFF, marker]) + struct.pack(">H", 2 + len(payload)) + payload


def entry(tag, kind, count, value):
    return struct.pack(">HHI4s", tag, kind, count, value)


def exif(orientation=6):
    """Orientation, artist, serial number, and 52°30'N 13°24'E."""
    texts = {0x013B: b"Heidi Brandt\0", 0xA431: b"SN-4711-0815\0"}
    data, at, entries = b"", 8 + 2 + 12 * 4 + 4, []
    entries.append(entry(0x0112, 3, 1, struct.pack(">HH", orientation, 0)))
    for tag, text in texts.items():
        entries.append(entry(tag, 2, len(text), struct.pack(">I", at + len(data))))
        data += text
    place = at + len(data)
    entries.append(entry(0x8825, 4, 1, struct.pack(">I", place)))
    entries.sort()
    degrees = place + 2 + 12 * 4 + 4
    gps = struct.pack(">H", 4)
    gps += entry(1, 2, 2, b"N\0\0\0") + entry(2, 5, 3, struct.pack(">I", degrees))
    gps += entry(3, 2, 2, b"E\0\0\0") + entry(4, 5, 3, struct.pack(">I", degrees + 24))
    gps += struct.pack(">I", 0) + struct.pack(">12I", 52, 1, 30, 1, 0, 1, 13, 1, 24, 1, 0, 1)
    return b"MM\0*\0\0\0\x08" + struct.pack(">H", 4) + b"".join(entries) + bytes(4) + data + gps


def huffman(kind, code_of_zero):
    return segment(0xC4, bytes([kind, 1]) + bytes(15) + bytes([code_of_zero]))


def picture(marker=b"\x3f"):
    """A grey picture of eight by eight, after SOI: tables, frame and scan."""
    return (
        segment(0xDB, bytes([0]) + bytes([1] * 64))
        + segment(0xC0, struct.pack(">BHHB", 8, 8, 8, 1) + bytes([1, 0x11, 0]))
        + huffman(0x00, 0)
        + huffman(0x10, 0)
        + segment(0xDA, bytes([1, 1, 0, 0, 63, 0]))
        + marker
    )


JFIF = segment(0xE0, b"JFIF\0\1\1\0\0\1\0\1\0\0")
PROFILE = segment(0xE2, b"ICC_PROFILE\0\1\1" + bytes(range(128)))
KEPT = PROFILE + picture() + b"\xff\xd9"


def photo(orientation=6):
    """A JPEG as a camera makes it, with a preview behind its end."""
    return (
        b"\xff\xd8"
        + JFIF
        + segment(0xE1, b"Exif\0\0" + exif(orientation))
        + segment(0xE1, b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + SECRET)
        + segment(0xE2, b"MPF\0" + SECRET)
        + segment(0xED, b"Photoshop 3.0\0" + SECRET)
        + segment(0xFE, SECRET)
        + KEPT
        + b"\xff\xd8"
        + segment(0xE1, b"Exif\0\0" + exif() + SECRET)
        + picture()
        + b"\xff\xd9"
    )


def upright(orientation):
    tiff = b"MM\0*\0\0\0\x08\0\1" + entry(0x0112, 3, 1, struct.pack(">HH", orientation, 0)) + bytes(4)
    return segment(0xE1, b"Exif\0\0" + tiff)


CLEAN = b"\xff\xd8" + JFIF + upright(6) + KEPT


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*more):
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    pixels = chunk(b"IDAT", zlib.compress(b"\0\x80"))
    return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + pixels + chunk(b"IEND", b"")


def objects_of(publication):
    """All that history holds, in whichever commit."""
    history = publication.state / publication.host / "history.git"
    command = ["git", "-c", "safe.directory=*", "--git-dir", str(history)]
    command += ["cat-file", "--batch", "--batch-all-objects"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def assert_nothing_private(content):
    for word in PRIVATE:
        assert word not in content, word


def image_page(desk, heidi, answer):
    assert answer.status == 30, answer.raw
    path = answer.meta.partition("/desk/image")[2]
    return path, desk.get("/desk/image" + path, identity=heidi).text


def test_what_is_sent_is_cleaned(publication, desk, heidi):
    answer = desk.send("/images/", photo(), heidi, mime="image/jpeg")
    path, page = image_page(desk, heidi, answer)
    assert desk.get(path).body == CLEAN
    assert (publication.root / path[1:]).read_bytes() == CLEAN
    assert "The place, the camera, " in page and " were taken out of the picture" in page
    assert_nothing_private(objects_of(publication))


def test_what_a_hand_lays_there_is_cleaned(publication, server):
    file = publication.file("articles/2025/photo.jpg", photo())
    answer = server.expect("/articles/2025/photo.jpg")
    assert answer.body == CLEAN == file.read_bytes()
    server.wait_for_log("photo.jpg: taken out of the picture: the place, the camera, ")
    eventually(lambda: "photo.jpg" in publication.git("log", "--stat", "-1"))
    assert_nothing_private(objects_of(publication))
    assert server.read_log().count("photo.jpg: taken out") == 1


def test_what_lay_there_before_is_cleaned_at_the_start(publication, serve):
    publication.file("photo.JPG", photo())
    publication.file("photo", photo())
    server = serve(publication)
    assert server.get("/photo.JPG").body == server.get("/photo").body == CLEAN
    assert_nothing_private(objects_of(publication))


def test_no_reader_is_quicker_than_the_cleaning(publication, server):
    """Whoever asks all the while gets 41, then the cleaned picture, and nothing else."""
    publication.file("photo.jpg", photo())
    seen = set()
    while 20 not in seen:
        answer = server.get("/photo.jpg")
        assert answer.status in (20, 41, 51), answer.raw
        assert answer.status != 20 or answer.body == CLEAN
        seen.add(answer.status)


def test_keep_metadata_keeps_it_until_it_is_switched_off(publication, serve, heidi):
    publication.capsule["keep-metadata"] = "yes"
    publication.file("photo.jpg", photo())
    server = serve(publication)
    assert server.get("/photo.jpg").body == photo()
    answer = server.send("/images/a.jpg", photo(), heidi, mime="image/jpeg")
    assert "as they came" in image_page(server, heidi, answer)[1]
    assert server.get("/images/a.jpg").body == photo()
    assert "photo.jpg" not in run("check", "-c", publication.ini).stdout
    server.stop()
    del publication.capsule["keep-metadata"]
    server = serve(publication)
    eventually(lambda: server.get("/photo.jpg").body == CLEAN)
    eventually(lambda: server.get("/images/a.jpg").body == CLEAN)


@pytest.mark.parametrize("name", ["x.txt", "x.gmi", "x.html", "index.gmi"])
def test_no_name_hides_a_picture(publication, server, name):
    file = publication.file(f"notes/{name}", photo())
    assert server.expect(f"/notes/{name.removeprefix('index.gmi')}").body == CLEAN
    assert file.read_bytes() == CLEAN
    eventually(lambda: name in publication.git("log", "--stat", "-1"))
    assert_nothing_private(objects_of(publication))


def test_picture_below_a_link_to_its_folder_is_served(publication, server):
    publication.file("photos/2025/a.jpg", photo())
    (publication.root / "link").symlink_to("photos")
    assert server.expect("/link/2025/a.jpg").body == CLEAN
    publication.file(".pool/a.jpg", photo())
    (publication.root / "hidden").symlink_to(".pool")
    assert server.get("/hidden/a.jpg").status == 51


def test_link_to_what_is_not_cleaned_is_logged_once(publication, server):
    """Each cleaning made it be looked at again, and waited for by all others."""
    publication.file(".pool/a.jpg", photo())
    (publication.root / "link.jpg").symlink_to(".pool/a.jpg")
    server.wait_for_log("link.jpg: held back: ")
    for number in range(5):
        publication.file(f"{number}.jpg", photo())
        server.expect(f"/{number}.jpg")
    publication.file("last.txt", "last")
    eventually(lambda: "last.txt" in publication.git("log", "--stat", "-1"))
    assert server.read_log().count("link.jpg: held back: ") == 1


BROKEN = {
    "cut in its scan": (photo()[: photo().index(KEPT) + 200], "jpg"),
    "cut in its Exif": (photo()[:60], "jpg"),
    "a giant segment": (b"\xff\xd8" + JFIF + b"\xff\xe1\xff\xffExif\0\0" + SECRET, "jpg"),
    "a PNG without end": (png(chunk(b"tEXt", b"Author\0" + SECRET))[:-12], "png"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_cannot_be_cleaned_is_refused(publication, desk, heidi, name):
    content, ending = BROKEN[name]
    mime = "image/png" if ending == "png" else "image/jpeg"
    answer = desk.send(f"/images/a.{ending}", content, heidi, mime=mime)
    assert (answer.status, answer.meta[:22]) == (50, "Save the picture anew,"), answer.raw
    assert desk.get(f"/images/a.{ending}").status == 51
    assert_nothing_private(objects_of(publication))


# What the desk refuses as a file of another kind.
MISNAMED = {"a stray byte before it": (b"\n" + photo(), "jpg")}


@pytest.mark.parametrize("name", BROKEN | MISNAMED)
def test_what_cannot_be_cleaned_is_held_back(publication, desk, heidi, name):
    content, ending = (BROKEN | MISNAMED)[name]
    file = publication.file(f"images/a.{ending}", content)
    desk.wait_for_log(f"a.{ending}: held back: ")
    eventually(lambda: desk.get(f"/images/a.{ending}").status == 51)
    assert file.read_bytes() == content
    assert f"Broken: /images/a.{ending}: held back" in desk.get("/desk/", identity=heidi).text
    assert f"a.{ending}: warning: not served: " in run("check", "-c", publication.ini).stdout
    assert_nothing_private(objects_of(publication))
    file.unlink()
    publication.file(f"images/a.{ending}", png())
    assert desk.expect(f"/images/a.{ending}").body == png()


def test_check_names_what_is_not_cleaned_and_what_is_in_it(publication):
    publication.file("a.png", png(chunk(b"tEXt", b"Author\0" + SECRET)))
    publication.file("b.png", png())
    publication.file("c.tif", b"II*\0\x08\0\0\0" + SECRET)
    publication.file("d.svg", "<svg><metadata>who</metadata></svg>")
    publication.file("e.svg", "<svg/>")
    publication.prepare()
    done = run("check", "-c", publication.ini)
    assert done.returncode == 0
    assert "a.png: warning: not cleaned yet: the picture has a comment in it" in done.stdout
    assert "c.tif: warning: not served: " in done.stdout
    assert "d.svg: warning: has notes of its makers" in done.stdout
    assert "b.png" not in done.stdout and "e.svg" not in done.stdout


@pytest.mark.root
def test_file_that_may_not_be_replaced_is_held_back(publication, serve):
    """The publisher is another user, who may read the folder and not write it."""
    publication.sections["server"]["user"] = "nobody"
    publication.file("photos/a.jpg", photo())
    publication.root.chmod(0o755)
    (publication.root / "photos").chmod(0o755)
    server = serve(publication)
    server.wait_for_log("a.jpg: held back: ")
    assert server.get("/photos/a.jpg").status == 51
    assert "Permission denied" in server.read_log()
    assert_nothing_private(objects_of(publication))


def test_exiftool_finds_nothing_but_the_picture(publication, server, folder):
    """What another program reads in it: before, to see that it can, and after."""

    def tags(path):
        command = ["exiftool", "-j", "-G1", "-a", "-u", str(path)]
        done = subprocess.run(command, check=True, capture_output=True, text=True)
        return set(json.loads(done.stdout)[0])

    original = folder / "original.jpg"
    original.write_bytes(photo())
    assert {"GPS:GPSLatitude", "IFD0:Artist", "IFD0:Orientation"} <= tags(original)
    publication.file("a.jpg", photo())
    server.expect("/a.jpg")
    left = tags(publication.root / "a.jpg")
    groups = {tag.partition(":")[0] for tag in left if ":" in tag}
    assert groups <= {"ExifTool", "System", "File", "JFIF", "IFD0", "Composite", "ICC-header"}, left
    assert {tag for tag in left if tag.startswith("IFD0:")} == {"IFD0:Orientation"}
