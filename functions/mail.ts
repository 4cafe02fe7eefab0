// Mail to people, as text.

import { ConfigurationError } from "./log.ts";

export interface Message {
  /** One address. */
  to: string;
  /** One line. */
  subject: string;
  text: string;
}

export interface Mail {
  /**
   * Hands a message over for delivery. That it was taken is all that is known then: it may bounce.
   * @throws ConfigurationError where this deployment cannot send; the platform's error, with its `code`, where it refuses
   */
  send(message: Message): Promise<void>;
}

/** What is needed of a Workers `send_email` binding. */
export interface MailBinding {
  send(message: Message & { from: string }): Promise<unknown>;
}

/** @returns why MAIL_FROM cannot be used, or null. A name beside the address is not for it: `welcome@example.com`. */
export function senderProblem(from: string | undefined): string | null {
  return /^[^\s@<>,;:"]{1,64}@[A-Za-z0-9.-]{1,253}$/.test(from ?? "")
    ? null
    : "MAIL_FROM is not set, or no e-mail address: no mail is sent";
}

/** @param binding that of Workers; without it nothing can be sent. @param from the address all mail comes from */
export function createMail(binding: MailBinding | undefined, from: string | undefined): Mail {
  return {
    async send({ to, subject, text }) {
      const problem = senderProblem(from);
      if (from === undefined || problem !== null) throw new ConfigurationError(problem ?? "");
      if (binding === undefined) throw new ConfigurationError("MAIL is not bound: no mail is sent");
      // A line break would begin a header of its own, wherever the message is put together.
      if (/\p{Cc}/u.test(to + subject))
        throw new TypeError("a mail's recipient and its subject are one line");
      await binding.send({ from, to, subject, text });
    },
  };
}
