// Users, their sessions, whom they follow and what they post.

import { callSignedIn, COOKIE, PASSWORD, pick, type Step, type Visitor } from "../visitor.ts";

interface Session {
  user: { id: string };
  data: Record<string, unknown>;
}

const FIELDS = ["theme", "cart", "language"];
const UNAUTHORIZED = 401;
/** A session that is idle for so long ends. */
const IDLE_SECONDS = 3_600;

/** The first of a visitor's steps, and one that is seldom: a user stays in D1. */
export const signUp: Step = async (visitor) => {
  const email = visitor.id === "" ? visitor.email : `${visitor.next()}.${visitor.email}`;
  const body = { email, name: visitor.name, password: PASSWORD };
  const created = await visitor.api.call<{ id: string }>("POST", "/v1/users", { body });
  visitor.ledger.add("caller", email, 60);
  visitor.ledger.add("sign-up", created.body.id, 86_400);
  if (visitor.id === "") visitor.id = created.body.id;
};

export const signIn: Step = async (visitor) => {
  const { ledger, email, id } = visitor;
  await callSignedIn<Session>(visitor, "POST", "/v1/sessions", { body: { email, password: PASSWORD } });
  ledger.add("caller", email, 60);
  ledger.add("session owner", id, IDLE_SECONDS);
  // One a visitor: with the next sign-in of the same browser it ends.
  ledger.add("session", id, IDLE_SECONDS);
};

const signedIn = async (visitor: Visitor): Promise<void> => {
  if (visitor.token === undefined) await signIn(visitor);
};

export const useSession: Step = async (visitor) => {
  await signedIn(visitor);
  const { body } = await callSignedIn<Session>(visitor, "GET", "/v1/session");
  visitor.expect("a session is that of its user", body.user.id === visitor.id);
};

export const changeSession: Step = async (visitor) => {
  await signedIn(visitor);
  const [field, value] = [pick(visitor, FIELDS), visitor.next()];
  await callSignedIn(visitor, "PATCH", "/v1/session", { body: { data: { [field]: value } } });
  const { body } = await callSignedIn<Session>(visitor, "GET", "/v1/session");
  visitor.expect("a session's data is what was written last", body.data[field] === value);
};

export const rotateSession: Step = async (visitor) => {
  await signedIn(visitor);
  await callSignedIn(visitor, "POST", "/v1/session/rotation");
  await callSignedIn(visitor, "DELETE", "/v1/sessions?others=true");
};

/** @param pathOf where the session is ended, by the id that its owner's list shows */
const signOutAt =
  (pathOf: (id: string) => string): Step =>
  async (visitor) => {
    await signedIn(visitor);
    const { body } = await callSignedIn<{ items: { id: string; current: boolean }[] }>(
      visitor,
      "GET",
      "/v1/sessions",
    );
    const { token } = visitor;
    await callSignedIn(visitor, "DELETE", pathOf(body.items.find(({ current }) => current)?.id ?? ""));
    visitor.token = undefined;
    visitor.ledger.delete("session", visitor.id);
    const after = await visitor.api.call("GET", "/v1/session", {
      headers: { cookie: `${COOKIE}=${token}` },
      also: [UNAUTHORIZED],
    });
    visitor.expect("who has signed out has no session", after.status === UNAUTHORIZED);
  };

export const signOut = signOutAt(() => "/v1/session");
export const endOne = signOutAt((id) => `/v1/sessions/${id}`);
export const endAll = signOutAt(() => "/v1/sessions");

export const follow: Step = async (visitor) => {
  await signedIn(visitor);
  const { id, ledger, api } = visitor;
  const other = pick(visitor, visitor.others());
  await callSignedIn(visitor, "PUT", `/v1/users/${id}/following/${other}`);
  ledger.add("follow", `${id} ${other}`);
  await api.call("GET", `/v1/users/${id}/following`);
  await api.call("GET", `/v1/users/${other}/followers`);
  await api.call("GET", `/v1/users/${id}/mutual?with=${other}`);
  ledger.add("cached", `user:${other}`);
  await api.call("GET", `/v1/users/${other}`);
};

export const unfollow: Step = async (visitor) => {
  await signedIn(visitor);
  const { id, ledger } = visitor;
  const other = pick(visitor, visitor.others());
  await callSignedIn(visitor, "DELETE", `/v1/users/${id}/following/${other}`);
  ledger.delete("follow", `${id} ${other}`);
};

export const post: Step = async (visitor) => {
  await signedIn(visitor);
  const created = await callSignedIn<{ id: string }>(visitor, "POST", "/v1/posts", {
    body: { text: "Hello" },
  });
  visitor.ledger.add("author", visitor.id);
  const { body } = await callSignedIn<{ items: { id: string }[] }>(visitor, "GET", "/v1/timeline");
  visitor.expect(
    "a timeline has one's own new post",
    body.items.some(({ id }) => id === created.body.id),
  );
};
