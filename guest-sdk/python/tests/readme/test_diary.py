from rak import Blob, Content
from rak.testing import FakeHost

from diary import run


def test_writes_a_diary() -> None:
    host = FakeHost(artifacts={"user:diary.md": Blob("text/markdown", b"# Mine\n- rain\n")})
    photo = Blob("image/png", b"...")
    run_ = host.run(run, Content.user("sun", photo))
    assert run_.answer == "2 entries in version 2, 1 photos"
    assert run_.artifacts["user:diary.md"].text == "# Mine\n- rain\n- sun\n"
    assert run_.artifacts["photos/1"] == photo
    assert host.after(run_).run(run, "wind").answer == "3 entries in version 3, 1 photos"
