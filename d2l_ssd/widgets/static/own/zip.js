/** Files in a zip file, as they are: pictures are compressed already. */

/**
 * @typedef {object} Entry
 * @property {string} name with its folders: a/b.txt
 * @property {Uint8Array | string} data
 *
 * @typedef {object} Part an entry's bytes, and what both of its headers say
 * @property {Uint8Array} name
 * @property {Uint8Array} data
 * @property {number[]} fields
 */

const LOCAL = 0x04034b50;
const CENTRAL = 0x02014b50;
const END = 0x06054b50;
const VERSION = 20; // of the format: folders
const UNIX = 3 << 8; // whose permissions follow
const UTF8 = 1 << 11; // the names are
const STORED = 0; // no compression
const PERMISSIONS = 0o100644 * 0x10000; // a file, for all to read
const POLYNOMIAL = 0xedb88320;

/**
 * @param {Entry[]} entries
 * @param {Date} [date] of all files
 * @returns {Blob}
 */
export function makeZip(entries, date = new Date()) {
  const parts = entries.map((entry) => toPart(entry, date));
  /** @type {Uint8Array[]} */
  const files = [];
  /** @type {Uint8Array[]} */
  const directory = [];
  let at = 0;
  for (const { name, data, fields } of parts) {
    const local = pack([[4, LOCAL], ...shared(fields)]);
    files.push(local, name, data);
    directory.push(centralHeader(fields, at), name);
    at += local.length + name.length + data.length;
  }
  const length = directory.reduce((sum, part) => sum + part.length, 0);
  const bytes = [...files, ...directory, endOf(parts.length, length, at)];
  const type = "application/zip";
  return new Blob(/** @type {BlobPart[]} */ (bytes), { type });
}

/**
 * @param {Entry} entry
 * @param {Date} date
 * @returns {Part}
 */
function toPart({ name: text, data: content }, date) {
  const encoder = new TextEncoder();
  const name = encoder.encode(text);
  const data = typeof content === "string" ? encoder.encode(content) : content;
  const [time, day] = dosTime(date);
  const { length } = data;
  const fields = [time, day, crc32(data), length, length, name.length];
  return { name, data, fields };
}

/**
 * What both headers of a file say.
 *
 * @param {number[]} fields of a part
 * @returns {[size: number, value: number][]}
 */
function shared([time, day, crc, packed, size, name]) {
  return [
    ...field(2, VERSION, UTF8, STORED, time, day),
    ...field(4, crc, packed, size),
    ...field(2, name, 0),
  ];
}

/**
 * @param {number[]} fields of a part
 * @param {number} at where the file begins
 */
function centralHeader(fields, at) {
  return pack([
    [4, CENTRAL],
    [2, UNIX | VERSION],
    ...shared(fields),
    ...field(2, 0, 0, 0), // no comment, one disk, no text
    ...field(4, PERMISSIONS, at),
  ]);
}

/**
 * @param {number} count of files
 * @param {number} length of the directory
 * @param {number} at where it begins
 */
function endOf(count, length, at) {
  return pack([
    [4, END],
    ...field(2, 0, 0, count, count),
    ...field(4, length, at),
    [2, 0],
  ]);
}

/**
 * @param {number} size in bytes
 * @param {...number} values
 * @returns {[size: number, value: number][]}
 */
function field(size, ...values) {
  return values.map((value) => [size, value]);
}

/**
 * Write whole numbers, the lowest byte first.
 *
 * @param {[size: number, value: number][]} fields
 */
function pack(fields) {
  return Uint8Array.from(
    fields.flatMap(([size, value]) =>
      Array.from({ length: size }, (_, k) => value >>> (8 * k)),
    ),
  );
}

/**
 * Time and day as DOS counts them: by two seconds, from 1980.
 *
 * @param {Date} date
 */
function dosTime(date) {
  const time =
    (date.getHours() << 11) |
    (date.getMinutes() << 5) |
    (date.getSeconds() >> 1);
  const month = date.getMonth() + 1;
  const day =
    ((date.getFullYear() - 1980) << 9) | (month << 5) | date.getDate();
  return [time, day];
}

/** @param {Uint8Array} data */
function crc32(data) {
  const table = CRC_TABLE;
  let crc = -1;
  for (let i = 0; i < data.length; i++) {
    crc = (crc >>> 8) ^ table[(crc ^ data[i]) & 255];
  }
  return ~crc >>> 0;
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit++) {
    crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1;
  }
  return crc;
});
