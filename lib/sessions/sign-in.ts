// A new session.

import { sha256Hex } from "../digest.ts";
import { checkName } from "../keys.ts";
import { encodeChanges, encodeValue } from "./data.ts";
import type { Ends } from "./end.ts";
import { formatRecord, sessionOf, type SessionRecord } from "./record.ts";
import { CREATE } from "./scripts.ts";
import type { SessionSettings } from "./settings.ts";
import { newRef, newToken, ownerOf, parseToken } from "./token.ts";
import type { Fields, Opened, SignIn } from "./types.ts";

const MAX_IP_LENGTH = 64;
const MAX_USER_AGENT_LENGTH = 256;

export function createSignIn(settings: SessionSettings, ends: Ends) {
  const { redis, keys, idleMs, absoluteMs, maxBytes, now } = settings;

  /** @throws RangeError: what stands at a sign-in comes from the application, not from a user */
  function checked(claims: Fields, data: Fields): readonly string[] {
    const text = encodeValue(claims);
    if (text === null || text.length > maxBytes)
      throw new RangeError("claims cannot be kept: too large, or no text");
    const changes = encodeChanges(data, settings);
    if (typeof changes === "string") throw new RangeError(`data cannot be kept: ${changes}`);
    return changes.set;
  }

  return async function create(signIn: SignIn): Promise<Opened> {
    const { claims = {}, data = {}, ip, userAgent, replaces } = signIn;
    const userId = checkName(signIn.userId, "userId");
    const set = checked(claims, data);
    const ref = newRef(await ownerOf(userId));
    const token = newToken(ref);
    const replaced = replaces === undefined ? null : parseToken(replaces);
    const [digest, replacedDigest] = await Promise.all([sha256Hex(token), sha256Hex(replaces ?? "")]);

    const at = now();
    const lasts = Math.min(idleMs, absoluteMs);
    const record: SessionRecord = {
      token: digest,
      userId,
      created: at,
      seen: at,
      end: at + absoluteMs,
      claims,
      data: Object.fromEntries(
        Object.entries(data).filter(([, value]) => value !== undefined && value !== null),
      ),
    };
    const fields = [...formatRecord(record), ...set];
    if (ip !== undefined) fields.push("ip", ip.slice(0, MAX_IP_LENGTH));
    if (userAgent !== undefined) fields.push("agent", userAgent.slice(0, MAX_USER_AGENT_LENGTH));

    // In one trip, though they may be two users' and so in two slots.
    await Promise.all([
      redis.run(CREATE, keys.both(ref), [ref.id, at, lasts, at + lasts, idleMs, ...fields]),
      replaced === null ? undefined : ends.endWith(replaced, replacedDigest),
    ]);
    return { token, session: sessionOf(ref.id, record, idleMs) };
  };
}
