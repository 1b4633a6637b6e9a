"""What the README shows runs, and its own tests pass."""

import re
from pathlib import Path

HERE = Path(__file__).parent


def test_the_readme_shows_what_is_tested() -> None:
    shown = re.findall(r"```python\n(.*?)```", (HERE.parent / "README.md").read_text(), re.DOTALL)
    files = [
        "agent.py",
        "test_greeter.py",
        "buyer.py",
        "test_buyer.py",
        "publisher.py",
        "test_publisher.py",
        "assistant.py",
        "test_assistant.py",
        "reporter.py",
        "test_reporter.py",
        "diary.py",
        "test_diary.py",
        "waiter.py",
        "test_waiter.py",
        "poet.py",
        "test_poet.py",
        "newsroom.py",
        "test_newsroom.py",
        "test_described.py",
    ]
    assert shown == [(HERE / "readme" / file).read_text() for file in files]


def test_an_agent_with_a_model_takes_twenty_lines() -> None:
    assert len((HERE / "readme" / "waiter.py").read_text().splitlines()) <= 20


def test_the_wheel_has_the_contract() -> None:
    package = HERE.parent / "src" / "rak"
    assert {file.suffix for file in (package / "wit").iterdir()} == {".wit"}
    assert (package / "py.typed").exists()
