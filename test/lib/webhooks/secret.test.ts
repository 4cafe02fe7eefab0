import { describe, expect, test } from "vitest";
import { createSecret, isSecret } from "../../../lib/webhooks/index.ts";

const ofBytes = (length: number) => `whsec_${Buffer.alloc(length, 0xfb).toString("base64")}`;

test("a new secret has 32 random bytes, and no two are the same", () => {
  const secrets = Array.from({ length: 100 }, createSecret);
  expect(new Set(secrets).size).toBe(100);
  for (const secret of secrets) {
    expect(secret).toMatch(/^whsec_[A-Za-z0-9+/]{43}=$/);
    expect(isSecret(secret)).toBe(true);
  }
});

describe("a secret of one's own", () => {
  test.each([24, 25, 32, 63, 64])("may have %i bytes", (length) => {
    expect(isSecret(ofBytes(length))).toBe(true);
  });

  test.each([0, 1, 23, 65, 1_000])("may not have %i bytes", (length) => {
    expect(isSecret(ofBytes(length))).toBe(false);
  });

  test.each([
    "",
    "whsec_",
    "my secret",
    ofBytes(32).slice(6),
    `WHSEC_${ofBytes(32).slice(6)}`,
    ofBytes(32).replaceAll("=", ""),
    `${ofBytes(32)}=`,
    ` ${ofBytes(32)}`,
    `${ofBytes(32)}\n`,
    ofBytes(33).replaceAll("+", "-").replaceAll("/", "_"),
    // Bits behind the last byte: decoders differ in what they make of them.
    `whsec_${"A".repeat(42)}B=`,
    `whsec_${"ä".repeat(44)}`,
  ])("may not be %j", (text) => {
    expect(isSecret(text)).toBe(false);
  });
});
