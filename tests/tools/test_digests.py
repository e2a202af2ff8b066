"""Digests of folders and files."""

from tools.digests import digest_folder, digest_of


def test_parts_do_not_run_into_each_other():
    assert digest_of("ab", "c") != digest_of("a", "bc")


def test_a_folder_keeps_its_digest_while_nothing_that_counts_changes(tmp_path):
    (tmp_path / "Dockerfile").write_text("FROM scratch\n")
    before = digest_folder(tmp_path)

    (tmp_path / "README.md").write_text("words\n")

    assert digest_folder(tmp_path) == before
    assert len(before) == 12


def test_names_contents_and_executable_bits_count(tmp_path):
    file = tmp_path / "skel" / "run"
    file.parent.mkdir()
    file.write_text("one")
    digests = {digest_folder(tmp_path)}

    file.write_text("two")
    digests.add(digest_folder(tmp_path))
    file.chmod(0o755)
    digests.add(digest_folder(tmp_path))
    file.rename(tmp_path / "skel" / "walk")
    digests.add(digest_folder(tmp_path))

    assert len(digests) == 4
