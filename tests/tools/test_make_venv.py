"""The script that makes an environment."""

import shutil
import subprocess

import pytest
import save_cells

FALSE_PYTHON = """#!/bin/sh
case "$*" in
*version_info*) echo {version} ;;
*ensurepip*) exit {lacks_venv} ;;
*_base_executable*) echo "$0" ;;
"-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
*) echo "$@" >> pip.log ;;
esac
"""


class TestMakeVenv:
    """Which Python it takes, among false ones; `make book` shows the rest."""

    @pytest.fixture
    def make(self, tmp_path):
        """Install false Pythons, run the script, return what it did."""
        programs = tmp_path / "bin"
        programs.mkdir()
        for tool in "cp dirname ls mkdir nice rm sed sh touch".split():
            (programs / tool).symlink_to(shutil.which(tool))
        uv = programs / "uv"
        uv.write_text(
            '#!/bin/sh\n[ "$1 $2 $3" = "python find --system" ] && '
            f"ls {tmp_path}/uv/$4"
        )
        uv.chmod(0o755)
        script = tmp_path / "tools" / "make_venv.sh"
        script.parent.mkdir()
        shutil.copy(save_cells.ROOT / "tools" / "make_venv.sh", script)

        def run(pythons, *asked_for, lacks_venv=()):
            for name, version in pythons.items():
                path = tmp_path / name
                path.parent.mkdir(parents=True, exist_ok=True)
                lacks = int(name in lacks_venv)
                text = FALSE_PYTHON.format(version=version, lacks_venv=lacks)
                path.write_text(text)
                path.chmod(0o755)
            return subprocess.run(
                [script, ".venv", "3.11 3.13 3.12", *asked_for],
                capture_output=True,
                text=True,
                env={"PATH": str(programs), "PYENV_ROOT": f"{tmp_path}/pyenv"},
            )

        run.venv = tmp_path / ".venv"
        return run

    @pytest.mark.parametrize(
        "case, pythons, taken",
        [
            ("alone", {"bin/python3.12": "3.12"}, "3.12"),
            ("one of uv's", {"uv/3.12": "3.12"}, "3.12"),
            (
                "the book's own",
                {
                    "bin/python3": "3.13",
                    "pyenv/versions/3.11.7/bin/python": "3.11",
                },
                "3.11",
            ),
            (
                "newer first",
                {"bin/python3.12": "3.12", "bin/python3": "3.13"},
                "3.13",
            ),
            (
                "too new",
                {
                    "bin/python3": "3.14",
                    "pyenv/versions/3.12.1/bin/python": "3.12",
                },
                "3.12",
            ),
        ],
    )
    def test_python_taken(self, make, case, pythons, taken):
        done = make(pythons)
        assert done.stderr == ""
        assert f"into .venv (Python {taken}, " in done.stdout
        assert (make.venv / "ready").exists()
        log = (make.venv.parent / "pip.log").read_text()
        assert "install --quiet --no-deps --requirement requirements.txt" in log

    def test_own_python_has_no_venv_module(self, make):
        pythons = {"bin/python3.11": "3.11", "bin/python3.13": "3.13"}
        done = make(pythons, lacks_venv=["bin/python3.11"])
        assert "(Python 3.13, " in done.stdout

    def test_half_made_environment_is_made_anew(self, make):
        make.venv.mkdir()
        (make.venv / "torch.done").touch()
        make({"bin/python3.11": "3.11"})
        assert not (make.venv / "torch.done").exists()
        assert (make.venv / "ready").exists()

    def refused(self, make, done):
        assert done.returncode == 1
        assert not make.venv.exists()
        assert done.stderr.count("\n") == 1
        return done.stderr

    def test_none_is_found(self, make):
        message = self.refused(make, make({"bin/python3": "3.14"}))
        assert message.startswith("error: no Python 3.11 or 3.13 or 3.12 with")
        assert "(`uv python install 3.11`, `pyenv install 3.11`, " in message

    @pytest.mark.parametrize("version", ["2.7", "3.10", "3.14"])
    def test_wrong_version(self, make, version):
        pythons = {"python": version, "bin/python3.11": "3.11"}
        python = make.venv.parent / "python"
        assert self.refused(make, make(pythons, python)).startswith(
            f"error: PYTHON={python} is Python {version}, and MXNet 1.9.1 needs "
            "3.11 or 3.13 or 3.12 (3.14 is untried): choose another, like `make"
        )

    @pytest.mark.parametrize("version", ["3.11", "3.12", "3.13"])
    def test_no_venv_module(self, make, version):
        python = make.venv.parent / "python"
        done = make({"python": version}, python, lacks_venv=["python"])
        assert self.refused(make, done).startswith(
            f"error: {python} has no venv module: install it (`apt-get install "
            f"python{version}-venv`)"
        )

    def test_not_there(self, make):
        message = self.refused(make, make({}, "/no/python"))
        assert message == "error: PYTHON=/no/python does not run\n"
