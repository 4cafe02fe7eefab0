// A Cluster of redis-servers loses the master that has pub/sub's keys, under traffic of every pattern. The short form of
// `npm run failover`.

import { afterAll, beforeAll, expect, test } from "vitest";
import { startCluster, type Cluster } from "../../scripts/cluster/cluster.ts";
import { runFailover, type FailoverReport } from "../../scripts/failover/run.ts";

let cluster: Cluster;
let report: FailoverReport;

beforeAll(async () => {
  cluster = await startCluster({ nodeTimeoutMs: 1_000 });
  report = await runFailover({
    cluster,
    victim: "pubsub",
    how: "killed",
    cutOffMs: 0,
    beforeMs: 2_000,
    afterMs: 3_000,
    pauseMs: 50,
  });
}, 90_000);
afterAll(() => cluster.close());

test("nothing that was acknowledged and replicated is lost, nothing is there twice, and every answer is bounded in time", () => {
  expect(report.violations).toEqual([]);
  for (const { name, acknowledged } of report.effects) expect(acknowledged, name).toBeGreaterThan(0);
});

test("what needs the lost master is refused, limits and caches do without it, and all comes back", () => {
  const answers = new Map(report.answers.map((answer) => [answer.name, answer]));
  for (const name of ["events: publish", "events: dispatch"])
    expect([...(answers.get(name)?.refused.keys() ?? [])], name).not.toEqual([]);
  for (const name of ["cache: read", "limits: check, open"])
    expect([...(answers.get(name)?.refused ?? [])]).toEqual([]);
  for (const { name, backAfterMs } of report.answers)
    expect(backAfterMs ?? 0, name).toBeLessThan(report.promotedMs + 10_000);
});

test("the REST server finds the new master by itself", () => {
  expect(report.restMs).toBeLessThan(report.promotedMs + 3_000);
});
