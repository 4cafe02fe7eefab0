// What Redis costs a month, from what each operation costs in commands.

/** Upstash's pay-as-you-go, as its page said in November 2026: dollars for 100,000 commands, in one region. */
export const DOLLARS_PER_100K = 0.2;
/** Cloudflare's paid plan, as its page said then: dollars, the requests they include, and for each million more. */
const WORKERS = { base: 5, includedMillions: 10, perMillion: 0.3 };

const MILLIONS = [1, 10, 100] as const;
const MINUTES_A_MONTH = 43_800;
/** The scheduled function, each minute, where there is nothing to do. */
const IDLE_COMMANDS = 3;

interface Part {
  /** The heading in docs/costs.md. */
  readonly under: string;
  /** The operation's name there. */
  readonly operation: string;
  /** How many of them one request makes, on average. 1. */
  readonly times?: number;
  /** Commands without a key, which the count in docs/costs.md does not see: TIME, PUBLISH. None. */
  readonly unseen?: number;
}

interface Call {
  readonly name: string;
  readonly parts: readonly Part[];
}

/** Of ten calls one asks Redis for its limit, and takes permits for the others. */
const LIMIT: Part = { under: "Rate limits", operation: "`check`, sliding", times: 0.1, unseen: 1 };
const CACHED_READ: readonly Part[] = [
  { under: "Cache", operation: "`load`, hit", times: 0.95 },
  { under: "Cache", operation: "`load`, miss", times: 0.05 },
  LIMIT,
];

const CALLS: readonly Call[] = [
  { name: "a cached read, 95 of 100 from Redis", parts: CACHED_READ },
  {
    name: "the same, signed in, one in ten renewing the session",
    parts: [
      ...CACHED_READ,
      { under: "Sessions", operation: "`read`", times: 0.9 },
      { under: "Sessions", operation: "`read`, with the renewal behind the answer", times: 0.1 },
    ],
  },
  { name: "an increment of a counter", parts: [{ under: "Counters", operation: "`increment`" }, LIMIT] },
  {
    name: "a score, on a board with its three periods",
    parts: [{ under: "Leaderboards", operation: "`update`, with 3 periods" }, LIMIT],
  },
  {
    name: "a call of a queue: a task is sent, received and acked",
    parts: [
      { under: "Queues", operation: "`send`, a message", times: 1 / 3, unseen: 1 },
      { under: "Queues", operation: "`receive`, a message", times: 1 / 3, unseen: 1 },
      { under: "Queues", operation: "`ack`", times: 1 / 3 },
      LIMIT,
    ],
  },
  {
    name: "an event, published and delivered to one webhook by itself",
    parts: [
      { under: "Pub/sub", operation: "`publish`", unseen: 2 },
      { under: "Subscriptions and dispatch", operation: "a dispatch of 1 event to 1 subscription" },
      LIMIT,
    ],
  },
];

/** @param costs docs/costs.md @returns a Markdown table, without a line break at its end */
export function monthlyTable(costs: string, dollarsPer100k = DOLLARS_PER_100K): string {
  const commandsOf = readCosts(costs);
  const redis = (commands: number) => dollars((commands / 100_000) * dollarsPer100k);
  const eachOf = ({ parts }: Call) => {
    const commands = parts.map((part) => (part.times ?? 1) * (commandsOf(part) + (part.unseen ?? 0)));
    return commands.reduce((sum, more) => sum + more, 0);
  };
  const rows = CALLS.map((call) => {
    const each = eachOf(call);
    return [call.name, each.toFixed(1)].concat(MILLIONS.map((millions) => redis(each * millions * 1e6)));
  });
  const idle = redis(IDLE_COMMANDS * MINUTES_A_MONTH);
  const workers = MILLIONS.map((millions) => {
    const { base, includedMillions, perMillion } = WORKERS;
    return dollars(base + Math.max(0, millions - includedMillions) * perMillion);
  });
  const table = [
    ["each request is", "commands each", ...MILLIONS.map((millions) => `${millions} million a month`)],
    ["---", "--:", "--:", "--:", "--:"],
    ...rows,
    ["besides, the scheduled function with nothing to do", `${IDLE_COMMANDS} a minute`, idle, idle, idle],
    ["besides, Cloudflare's paid plan", "", ...workers],
  ];
  return table.map((cells) => `| ${cells.join(" | ")} |`).join("\n");
}

/** What was measured. */
function readCosts(costs: string): (part: Part) => number {
  const measured = new Map<string, number>();
  let under = "";
  for (const line of costs.split("\n")) {
    if (line.startsWith("## ")) under = line.slice(3);
    const cells = line.split("|").map((cell) => cell.trim());
    if (cells.length === 7) measured.set(`${under}: ${cells[1]}`, Number(cells[5]));
  }
  return ({ under: heading, operation }) => {
    const commands = measured.get(`${heading}: ${operation}`);
    if (commands === undefined) throw new Error(`docs/costs.md has no ${operation} under ${heading}`);
    return commands;
  };
}

const dollars = (amount: number): string => `$${amount.toFixed(2)}`;
