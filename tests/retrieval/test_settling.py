from __future__ import annotations

from pathlib import Path

from retrieval.settling import Settling, look_at


class Clock:
    """Goes when told."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _settling(clock: Clock, leave_out: str = "") -> Settling:
    return Settling(2.0, leave_out=leave_out, patience=60.0, clock=clock)


def test_a_file_rests_when_it_has_been_the_same_for_a_while(tmp_path: Path) -> None:
    clock = Clock()
    settling, file = _settling(clock), tmp_path / "a.txt"
    assert not settling.rested()  # there is nothing to deal with
    file.write_text("大会")
    settling.note(str(file))
    for moment in range(1, 20):  # it grows for longer than it takes to settle, and nothing tells of it
        clock.now = moment
        file.write_text("大会" * moment)
        assert not settling.rested()
    clock.now += 1.9
    assert not settling.rested()
    clock.now += 2.0
    assert settling.rested() and not settling.changing()
    settling.dealt_with()
    assert not settling.rested()


def test_being_told_of_again_begins_anew_even_where_it_looks_the_same(tmp_path: Path) -> None:
    clock = Clock()
    settling, file = _settling(clock), tmp_path / "a.txt"
    file.write_text("大会")
    for moment in range(10):
        clock.now = moment
        settling.note(str(file))
        assert not settling.rested()
    clock.now += 2
    assert settling.rested()


def test_a_folder_rests_when_all_below_does(tmp_path: Path) -> None:
    clock = Clock()
    settling, folder = _settling(clock), tmp_path / "2024"
    (folder / "06").mkdir(parents=True)
    settling.note(str(folder))
    clock.now = 2
    (folder / "06" / "a.txt").write_text("大")
    assert not settling.rested()
    clock.now = 4
    (folder / "06" / "a.txt").write_text("大会")
    assert not settling.rested()
    clock.now = 6
    assert settling.rested()


def test_what_is_gone_rests_too(tmp_path: Path) -> None:
    clock = Clock()
    settling = _settling(clock)
    settling.note(str(tmp_path / "gone.txt"))
    clock.now = 2
    assert settling.rested()


def test_what_is_at_rest_does_not_wait_for_ever(tmp_path: Path) -> None:
    clock = Clock()
    settling, whole, endless = _settling(clock), tmp_path / "whole.txt", tmp_path / "endless.txt"
    whole.write_text("大会")
    settling.note(str(whole))
    for moment in range(61):
        clock.now = moment
        endless.write_text("会" * moment)
        settling.note(str(endless))
        assert not settling.rested() and not settling.impatient()
    clock.now = 61
    assert settling.rested() and settling.changing() and settling.impatient()
    settling.dealt_with()
    assert settling.changing() and not settling.impatient()
    clock.now = 200  # alone it is waited for however long it takes
    endless.write_text("会")
    assert not settling.rested()


def test_what_changes_while_it_is_dealt_with_stays(tmp_path: Path) -> None:
    clock = Clock()
    settling, file = _settling(clock), tmp_path / "a.txt"
    settling.note(str(file))
    clock.now = 2
    assert settling.rested()
    file.write_text("大会")
    settling.note(str(file))
    assert settling.changing()
    settling.dealt_with()
    clock.now = 4
    assert settling.rested()


def test_looks_tell_states_apart(tmp_path: Path) -> None:
    folder = tmp_path / "articles"
    looks = [look_at(str(folder))]
    folder.mkdir()
    looks.append(look_at(str(folder)))
    (folder / "a.txt").write_text("大")
    looks.append(look_at(str(folder)))
    (folder / "a.txt").rename(folder / "b.txt")
    looks.append(look_at(str(folder)))
    (folder / "b.txt").write_text("大会")
    looks.append(look_at(str(folder)))
    assert len(set(looks)) == len(looks)
    (folder / ".hidden").write_text("大")
    (folder / "data").mkdir()
    (folder / "data" / "catalog.db").write_text("x")
    assert look_at(str(folder), str(folder / "data")) == looks[-1] != look_at(str(folder))
