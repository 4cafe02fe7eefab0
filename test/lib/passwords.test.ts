import { scryptSync } from "node:crypto";
import { describe, expect, test, vi } from "vitest";
import { createPasswords } from "../../lib/passwords.ts";

/** What scrypt was asked for: the time it takes is decided by that, whatever the machine is busy with. */
const work = vi.hoisted((): Record<string, unknown>[] => []);
vi.mock(import("@noble/hashes/scrypt.js"), async (original) => {
  const module = await original();
  const scrypt: typeof module.scrypt = (password, salt, asked) => {
    const { N, r, p, dkLen } = asked;
    work.push({ N, r, p, dkLen, saltBytes: salt.length });
    return module.scrypt(password, salt, asked);
  };
  return { ...module, scrypt };
});

/** What a hash costs is not the subject of most tests. */
const QUICK = { logN: 4, r: 8, p: 1 };
const quick = createPasswords(QUICK);

describe("a password", () => {
  test("is verified by its hash, and no other password is", async () => {
    const stored = await quick.hash("correct horse");
    expect(await quick.verify("correct horse", stored)).toEqual({ ok: true, outdated: false });
    for (const other of ["correct horsf", "Correct horse", "correct horse ", "", "correct"]) {
      expect(await quick.verify(other, stored)).toEqual({ ok: false, outdated: false });
    }
  });

  test("is nowhere in its hash, and hashed twice gives two", async () => {
    const [one, other] = [await quick.hash("correct horse"), await quick.hash("correct horse")];
    expect(one).not.toContain("correct");
    expect(one).not.toBe(other);
  });

  test("of 200 characters, with emoji, is one as every other: each character counts", async () => {
    const long = `${"ü🎉".repeat(66)}ab`;
    const stored = await quick.hash(long);
    expect((await quick.verify(long, stored)).ok).toBe(true);
    expect((await quick.verify(`${long.slice(0, -1)}c`, stored)).ok).toBe(false);
  });

  test("is the same however its accents were typed", async () => {
    const stored = await quick.hash("caf\u00e9 cr\u00e8me");
    expect((await quick.verify("cafe\u0301 cre\u0300me", stored)).ok).toBe(true);
  });
});

describe("a hash", () => {
  test("keeps its parameters and its salt, and is what scrypt gives for them", async () => {
    const stored = await createPasswords().hash("correct horse");
    const [, name, parameters, salt = "", hash = ""] = stored.split("$");
    expect([name, parameters]).toEqual(["scrypt", "ln=14,r=8,p=5"]);
    expect(Buffer.from(salt, "base64")).toHaveLength(16);
    const native = scryptSync("correct horse", Buffer.from(salt, "base64"), 32, { N: 2 ** 14, r: 8, p: 5 });
    expect(hash).toBe(native.toString("base64").replaceAll("=", ""));
  });

  test("made with other parameters is still verified, and told to be outdated", async () => {
    const stored = await createPasswords({ ...QUICK, logN: 3 }).hash("correct horse");
    expect(await quick.verify("correct horse", stored)).toEqual({ ok: true, outdated: true });
    expect((await quick.verify("wrong", stored)).ok).toBe(false);
  });

  test("with any one byte changed verifies nothing", async () => {
    const stored = await quick.hash("correct horse");
    const at = stored.lastIndexOf("$") + 1;
    const bytes = Buffer.from(stored.slice(at), "base64");
    for (const i of bytes.keys()) {
      const other = Buffer.from(bytes);
      other.writeUInt8(bytes.readUInt8(i) ^ 1, i);
      const changed = stored.slice(0, at) + other.toString("base64").replaceAll("=", "");
      expect((await quick.verify("correct horse", changed)).ok, `byte ${i}`).toBe(false);
    }
  });

  test.each([
    undefined,
    null,
    "",
    "correct horse",
    "$2b$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy",
    `$scrypt$ln=30,r=8,p=1$${"A".repeat(22)}$${"A".repeat(43)}`,
    `$scrypt$ln=0,r=0,p=0$${"A".repeat(22)}$${"A".repeat(43)}`,
  ])("that is none (%s) verifies nothing", async (stored) => {
    expect((await quick.verify("correct horse", stored)).ok).toBe(false);
    expect((await quick.verify("", stored)).ok).toBe(false);
  });

  test.each([{ logN: 20 }, { logN: 0 }, { r: 1.5 }, { p: 0 }, { p: Number.NaN }])(
    "cannot be asked for with %j",
    (options) => {
      expect(() => createPasswords(options)).toThrow(RangeError);
    },
  );
});

test("a user who does not exist takes the same work as one who does", async () => {
  const stored = await quick.hash("correct horse");
  const workFor = async (known: string | undefined) => {
    work.length = 0;
    await quick.verify("wrong horse", known);
    return [...work];
  };
  const known = await workFor(stored);
  expect(known).toEqual([{ N: 16, r: 8, p: 1, dkLen: 32, saltBytes: 16 }]);
  expect(await workFor(undefined)).toEqual(known);
  expect(await workFor("no hash of ours")).toEqual(known);
});
