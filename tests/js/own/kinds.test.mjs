import assert from "node:assert/strict";
import test from "node:test";

import { kindOf } from "../../../d2l_ssd/widgets/static/own/kinds.js";

/** A file that begins with these characters, and goes on with zeros. */
function head(text) {
  return Uint8Array.from(Buffer.from(text.padEnd(64, "\0"), "latin1"));
}

/** A file of boxes that begins with a list of brands. */
function boxes(...brands) {
  const [major, ...others] = brands;
  const list = `ftyp${major}\0\0\0\0${others.join("")}`;
  return head(`\0\0\0${String.fromCharCode(4 + list.length)}${list}`);
}

const FILES = {
  "a JPEG": [head("\xff\xd8\xff\xe1\0\x10Exif"), "picture", "image/jpeg"],
  "a PNG": [head("\x89PNG\r\n\x1a\n"), "picture", "image/png"],
  "a GIF": [head("GIF89a"), "picture", "image/gif"],
  "a WebP": [head("RIFF\x10\0\0\0WEBPVP8 "), "picture", "image/webp"],
  "a BMP": [head("BM6"), "picture", "image/bmp"],
  "an AVIF": [boxes("avif", "mif1", "miaf"), "picture", "image/avif"],
  "an AVIF that says it second": [
    boxes("mif1", "miaf", "avif"),
    "picture",
    "image/avif",
  ],
  "an iPhone's photograph": [
    boxes("heic", "mif1", "heic"),
    "heic",
    "image/heic",
  ],
  "a HEIF": [boxes("mif1", "heix"), "heic", "image/heic"],
  "a raw photograph": [head("II*\0\x08"), "tiff", "image/tiff"],
  "a TIFF": [head("MM\0*"), "tiff", "image/tiff"],
  "an MP4": [boxes("isom", "iso2", "avc1"), "video", ""],
  "a QuickTime": [boxes("qt  "), "video", ""],
  "a WebM": [head("\x1aE\xdf\xa3"), "video", ""],
  "an AVI": [head("RIFF\x10\0\0\0AVI LIST"), "video", ""],
  "a sound": [head("RIFF\x10\0\0\0WAVEfmt "), "other", ""],
  "a PDF": [head("%PDF-1.7"), "other", ""],
  "a drawing": [head("<svg xmlns='http://www.w3.org/2000/svg'>"), "other", ""],
  "one byte": [Uint8Array.of(255), "other", ""],
  "an empty file": [new Uint8Array(0), "empty", ""],
};

for (const [name, [bytes, kind, type]] of Object.entries(FILES)) {
  test(`${name} is known by its first bytes`, () => {
    assert.deepEqual(kindOf(bytes), { kind, type });
  });
}

test("what comes after the brands decides nothing", () => {
  const bytes = boxes("isom", "avc1");
  bytes.set(Buffer.from("avif"), 40);
  assert.equal(kindOf(bytes).kind, "video");
});
