"""What the pages load of npm's packages."""

import gzip

import vendor


def test_the_runtime_is_packed_and_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(vendor, "ROOT", tmp_path)
    source = tmp_path / "node_modules" / "onnxruntime-web" / "dist"
    source.mkdir(parents=True)
    (source / vendor.RUNTIME).write_text("export {}")
    (source / vendor.RUNTIME_BINARY).write_bytes(b"\0asm" * 1000)
    written = []
    for name in ("one", "two"):
        vendor.write_runtime(tmp_path / name)
        files = sorted((tmp_path / name).iterdir())
        assert [path.name for path in files] == sorted(
            [vendor.RUNTIME, f"{vendor.RUNTIME_BINARY}.gz"]
        )
        packed = (tmp_path / name / f"{vendor.RUNTIME_BINARY}.gz").read_bytes()
        assert gzip.decompress(packed) == b"\0asm" * 1000
        assert (tmp_path / name / vendor.RUNTIME).read_text() == "export {}"
        written.append(packed)
    assert written[0] == written[1]  # whenever it is packed
