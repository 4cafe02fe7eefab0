// What happens in this Worker on an event. Each subscriber stands here, and nowhere else.

import * as v from "valibot";
import type { Subscriber } from "../lib/pubsub/index.ts";
import type { Database } from "./database/index.ts";
import type { Mail } from "./mail.ts";

export interface SubscriberServices {
  database: Pick<Database, "users">;
  mail: Mail;
}

/**
 * The subscribers. An event reaches each at least once, those of a key in their order; a `handle` that throws is tried again on
 * the schedule of webhooks, and so must bear to run twice. `since`: events before are not for it.
 */
export function createSubscribers({ database, mail }: SubscriberServices): readonly Subscriber[] {
  return [
    // Killed between sending and noting that it was sent, it sends the same text again.
    on("user:events", { name: "welcome-mail", since: "2026-11-01T00:00:00Z" }, async (event) => {
      if (event.type !== "signup") return;
      const data = v.safeParse(signup, event.data);
      // Whoever may publish may also say so of somebody who never signed up: mail goes to addresses of our own users alone.
      const to = data.success ? await database.users.emailOf(data.output.userId) : null;
      if (to !== null) await mail.send({ to, subject: "Welcome to Sedge", text: WELCOME });
    }),
  ];
}

const signup = v.object({ userId: v.string() });

/** Without the name they gave: it would carry a stranger's words to whatever address the stranger typed. */
const WELCOME = `Welcome to Sedge.

You have an account with this address now, and can sign in with it and your password.

If it was not you who signed up, somebody mistyped an address: nothing needs to be done.
`;

function on(
  pattern: string,
  { name, since }: Pick<Subscriber, "name" | "since">,
  handle: Subscriber["handle"],
): Subscriber {
  return { name, pattern, since, handle };
}
