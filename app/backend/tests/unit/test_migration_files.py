"""The migrations on disk."""

from __future__ import annotations

from pathlib import Path

import pytest

from tars.migrations import MigrationError, expected_version, load_migrations


def write(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).write_text("SELECT 1;")


def test_ours_are_in_order() -> None:
    migrations = load_migrations()
    assert [m.version for m in migrations] == list(range(1, len(migrations) + 1))
    assert expected_version() == len(migrations) >= 1


@pytest.mark.parametrize(
    ("names", "problem"),
    [
        (("1_short.sql",), "1_short.sql: expected a name like 0001_what_it_does.sql"),
        (("0001_Caps.sql",), "0001_Caps.sql: expected a name like 0001_what_it_does.sql"),
        (("0001_a.sql", "0003_c.sql"), "0003_c.sql: expected number 0002"),
        (("0001_a.sql", "0001_b.sql"), "0001_b.sql: expected number 0002"),
    ],
)
def test_strange_files(tmp_path: Path, names: tuple[str, ...], problem: str) -> None:
    write(tmp_path, *names)
    with pytest.raises(MigrationError) as caught:
        load_migrations(tmp_path)
    assert str(caught.value) == problem


def test_line_ends_do_not_change_the_checksum(tmp_path: Path) -> None:
    (tmp_path / "0001_a.sql").write_bytes(b"SELECT 1;\nSELECT 2;\n")
    unix = load_migrations(tmp_path)[0].checksum
    (tmp_path / "0001_a.sql").write_bytes(b"SELECT 1;\r\nSELECT 2;\r\n")
    assert load_migrations(tmp_path)[0].checksum == unix
