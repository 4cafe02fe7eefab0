import { describe, expect, test } from "vitest";
import { ConfigurationError } from "../../functions/log.ts";
import { createMail, type MailBinding } from "../../functions/mail.ts";

const MESSAGE = { to: "ada@example.com", subject: "Welcome", text: "Hello.\nIt works." };

function createBinding() {
  const sent: unknown[] = [];
  const binding: MailBinding = { send: async (message) => void sent.push(message) };
  return { binding, sent };
}

describe("mail", () => {
  test("goes out over the binding, from the deployment's address", async () => {
    const { binding, sent } = createBinding();
    await createMail(binding, "sedge@example.com").send(MESSAGE);
    expect(sent).toEqual([{ from: "sedge@example.com", ...MESSAGE }]);
  });

  test.each([
    undefined,
    "",
    "sedge",
    "Sedge <sedge@example.com>",
    "a@b.example\nBcc: eve@example.com",
    "a@b, c@d",
  ])("from %j is refused: the deployment must mend it", async (from) => {
    const { binding, sent } = createBinding();
    const sending = createMail(binding, from).send(MESSAGE);
    await expect(sending).rejects.toThrow(ConfigurationError);
    await expect(sending).rejects.toThrow(/^MAIL_FROM /);
    expect(sent).toEqual([]);
  });

  test("without a binding is refused: the deployment must mend it", async () => {
    const sending = createMail(undefined, "sedge@example.com").send(MESSAGE);
    await expect(sending).rejects.toThrow(ConfigurationError);
    await expect(sending).rejects.toThrow(/^MAIL /);
  });

  test.each(["to", "subject"] as const)("with a line break in its %s is not sent", async (field) => {
    const { binding, sent } = createBinding();
    const forged = { ...MESSAGE, [field]: `${MESSAGE[field]}\r\nBcc: eve@example.com` };
    await expect(createMail(binding, "sedge@example.com").send(forged)).rejects.toThrow(TypeError);
    expect(sent).toEqual([]);
  });

  test("that the platform refuses is told with its error", async () => {
    const refusal = Object.assign(new Error("ada@example.com bounces"), { code: "E_RECIPIENT_SUPPRESSED" });
    const binding: MailBinding = { send: () => Promise.reject(refusal) };
    await expect(createMail(binding, "sedge@example.com").send(MESSAGE)).rejects.toBe(refusal);
  });
});
