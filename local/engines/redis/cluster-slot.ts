// Which of a Cluster's 16,384 slots a key belongs to (Redis Cluster specification, "Key distribution model").

const SLOTS = 16_384;
const OPEN = 0x7b;
const CLOSE = 0x7d;

/** CRC16-CCITT (XMODEM), a table entry per byte. */
const TABLE: readonly number[] = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte << 8;
  for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : (crc << 1) & 0xffff;
  return crc;
});

function crc16(bytes: Buffer): number {
  let crc = 0;
  for (const byte of bytes) crc = ((crc << 8) & 0xffff) ^ (TABLE[(crc >> 8) ^ byte] ?? 0);
  return crc;
}

/** The part of a key that decides: what stands in the first `{…}`, where that is not empty, else all of it. */
function hashTag(key: Buffer): Buffer {
  const open = key.indexOf(OPEN);
  if (open === -1) return key;
  const close = key.indexOf(CLOSE, open + 1);
  return close > open + 1 ? key.subarray(open + 1, close) : key;
}

/** The slot of a key, 0 to 16,383. */
export function slotOf(key: Buffer): number {
  return crc16(hashTag(key)) % SLOTS;
}
