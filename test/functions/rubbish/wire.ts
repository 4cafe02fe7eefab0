// What no caller should send in a URL, in headers, or as a method.

import { SECRET, words } from "./values.ts";

/** Parts of a path and values of a query, percent-encoded, or wrongly so. */
export const URL_PARTS = [
  ...words(`
    % %z %zz %00 %20 %0A %0d%0aSet-Cookie:a %E0%A4%A %ED%A0%80 %C0%AF %FF %2F %2e%2e .. . + %2B é 💥 %F0%9F%92%A5
    %7B%7D {a} a,b a,,b , * %5B \\ | a;b a:b@c __proto__ constructor toString ' %3Cscript%3E null undefined true
    -1 0 -0 1e309 1e1 NaN Infinity 1.5 007 99999999999999999999 0x1 101
    ${SECRET} ${SECRET}%20 %00${SECRET} '%20OR%201=1--`),
  // Cursors: of 1, of 0, of another version, beyond what is exact, padded, of nothing.
  ...words("cDE6MQ cDE6MA cDI6MQ cDE6OTAwNzE5OTI1NDc0MDk5Mw cDE6MQ== ____"),
  ...words(`2026-02-30 2026-13-01 0000-00-00 1969-12-31 9999-12-31 %2B275760-09-13 -000001-01-01
    2026-11-01T00:00:00Z 10000-01-01 2026-11-1 today`),
  "",
  "\ud800",
  "\u0001",
  "x".repeat(128),
  "x".repeat(129),
  "x".repeat(9_000),
  "a,".repeat(200),
  "%41".repeat(200),
];

/** What no path of a route has between its slashes. */
export const STRAY_SEGMENTS = [
  "",
  ...words("v1 V1 v2 . .. %2e%2e %2f .git admin __proto__ constructor ;a=1 ..%5c * {id} :id %00 é"),
];

/** Names of parameters that no route has. */
export const UNKNOWN_PARAMETERS = words(`colour __proto__ constructor limit[] %00 %zz ${SECRET} =`);

/** Headers as far as a Request can hold them: no more than Latin-1, and no line's end. */
export const HEADERS: Record<string, readonly string[]> = {
  Authorization: ["", "Bearer", `Bearer ${SECRET}`, SECRET, "Basic YTpi", "bearer a b", "Bearer \u00e9"],
  Cookie: [
    "__Host-session",
    "__Host-session=",
    `__Host-session=${SECRET}`,
    "__Host-session=%E0%A4%A",
    "__Host-session=\u00e9\u0080",
    `__Host-session=${"A".repeat(81)}`,
    `__Host-session="${"_".repeat(81)}"`,
    "__Host-session=a; __Host-session=b",
    "__proto__=1; constructor=2",
    ";;=;",
    `a=${"b".repeat(20_000)}`,
  ],
  "Idempotency-Key": ["", "rubbish", SECRET, "k".repeat(256), "k".repeat(255), "\u00e9", "a\tb", '"'],
  "If-Match": ["*", '"', `"${SECRET}"`, 'W/"1"', '"a", W/"b", c', ",".repeat(5_000), "\u00ff"],
  "If-None-Match": ["*", '"', "W/", `"${SECRET}"`, '"a", W/"b", c', ",".repeat(5_000), "\u00ff"],
  "Last-Event-ID": ["", "1-", "0-0-0", SECRET, "9".repeat(9_000), "\u00ff"],
  Origin: [
    "",
    ...words(`null https://evil.example https://${SECRET} :// http://localhost https://shop.example`),
  ],
  "Sec-Fetch-Site": ["", ...words(`cross-site same-origin none ${SECRET}`)],
  "Content-Length": ["", ...words("0 5 -1 NaN 1e9 1048577 99999999999999999999 abc")],
  "Content-Type": [
    "",
    ...words("text/plain application/jsonx application/json;charset=utf-16 json application/ld+json"),
    ...words(`application/x-www-form-urlencoded text/${SECRET} APPLICATION/JSON \u00e9/json`),
    "multipart/form-data; boundary=x",
    "application/json, text/plain",
  ],
  "Content-Encoding": ["gzip", SECRET],
  "CF-Connecting-IP": ["", ":".repeat(500), ...words(`:: 999.1.1.1 fe80::1%eth0 ${SECRET} 1.2.3.4,5.6.7.8`)],
  "CF-Ray": [SECRET, "0000000000000000-FRA", "\u00e9"],
  "User-Agent": ["", SECRET, "x".repeat(9_000), "\u0080\u00ff"],
  "Access-Control-Request-Method": ["PATCH", SECRET],
  Accept: ["text/html", "*/*;q=2", SECRET],
  "X-HTTP-Method-Override": ["DELETE"],
};

/** Methods that a Request lets through. */
export const METHODS = words("GET HEAD OPTIONS POST PUT PATCH DELETE BREW __proto__ constructor");
