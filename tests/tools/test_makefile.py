"""What `make clean` and `make distclean` remove, and what they leave alone."""

import subprocess

import pytest
import save_cells

BUILT = "_build", "node_modules"
MADE = (
    ".venv",
    "build",
    "data/toy_voc",
    "data/toy_weights",
    "data/bccd",
    "data/bccd-drawn",
)


def clean(folder, target):
    """Run a target on another folder than the checkout."""
    makefile = save_cells.ROOT / "Makefile"
    subprocess.run(
        ["make", "--silent", "-f", makefile, target], cwd=folder, check=True
    )


def fill(folder):
    """Make a folder with a file in it."""
    folder.mkdir(parents=True)
    (folder / "file").touch()


@pytest.fixture
def checkout(tmp_path):
    """A folder with all that is built, downloaded, or somebody's own."""
    root = tmp_path / "checkout"
    for name in (*BUILT, *MADE, "data/own"):
        fill(root / name)
    return root


def test_clean_leaves_the_data(checkout):
    clean(checkout, "clean")
    assert not any((checkout / name).exists() for name in BUILT)
    assert all((checkout / name).exists() for name in MADE)


def test_distclean_removes_the_data_of_the_book_alone(checkout):
    clean(checkout, "distclean")
    assert not any((checkout / name).exists() for name in (*BUILT, *MADE))
    assert (checkout / "data/own/file").exists()


def test_distclean_follows_no_link_to_data(checkout, tmp_path):
    link = checkout / "data/bccd-linked"
    fill(tmp_path / "elsewhere")
    link.symlink_to(tmp_path / "elsewhere")
    clean(checkout, "distclean")
    assert not link.is_symlink() and (tmp_path / "elsewhere/file").exists()


def test_distclean_follows_no_link_to_the_folder_of_data(checkout, tmp_path):
    (checkout / "data").rename(tmp_path / "elsewhere")
    (checkout / "data").symlink_to(tmp_path / "elsewhere")
    clean(checkout, "distclean")
    assert not (checkout / "data").is_symlink()
    assert (tmp_path / "elsewhere/bccd/file").exists()
