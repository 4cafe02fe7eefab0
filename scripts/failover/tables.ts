// A report as Markdown.

import type { FailoverReport } from "./run.ts";
import type { AnswersVerdict, EffectVerdict } from "./verdict.ts";

const ms = (value: number): string => (Number.isFinite(value) ? String(Math.round(value)) : "never");

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

function table(heads: readonly string[], rows: readonly (readonly (string | number)[])[]): string {
  const rule = heads.map((_, i) => (i === 0 ? "---" : "--:"));
  return [line(heads), line(rule), ...rows.map(line)].join("\n");
}

function titleOf({ victim, how, cutOffMs }: FailoverReport): string {
  const what = victim === "pubsub" ? "the master with pub/sub's keys" : "the busiest master";
  return `${what}, ${how}${cutOffMs > 0 ? `, its replica cut off ${cutOffMs} ms before` : ""}`;
}

const refusalsOf = ({ refused, fellThrough }: AnswersVerdict): string => {
  const kinds =
    fellThrough > 0 ? [...refused, ["answered without Redis", fellThrough] as const] : [...refused];
  return kinds.map(([kind, count]) => `${kind} ${count}`).join(", ") || "–";
};

function tellAnswers({ answers }: FailoverReport): string {
  return table(
    [
      "operation",
      "tried",
      "acknowledged",
      "not acknowledged, and how",
      "slowest answer, ms",
      "back after, ms",
    ],
    answers.map((answer) => [
      answer.name,
      answer.tried,
      answer.acknowledged,
      refusalsOf(answer),
      ms(answer.slowestMs),
      answer.backAfterMs === null ? "–" : ms(answer.backAfterMs),
    ]),
  );
}

/** All of one failover: how operations were answered, and what is there of what was promised. */
export function tellReport(report: FailoverReport): string {
  const { promotedMs, restMs, restSlowestMs, silenceMs, effects } = report;
  return [
    `Lost: ${titleOf(report)}. Its replica was a master after ${ms(promotedMs)} ms; the REST server wrote to it after ${ms(restMs)} ms, ` +
      `its slowest answer took ${ms(restSlowestMs)} ms, and a subscriber to Redis's Pub/Sub heard nothing for ${ms(silenceMs)} ms at most.`,
    tellAnswers(report),
    table(
      [
        "promise",
        "acknowledged",
        "kept",
        "lost, replicated",
        "lost, not replicated",
        "unknown",
        "of these there",
        "twice",
        "",
      ],
      effects.map((effect) => [
        effect.name,
        effect.acknowledged,
        effect.there,
        effect.lostThoughReplicated,
        effect.lost,
        effect.unknown,
        effect.unknownThere,
        effect.twice,
        effect.remark,
      ]),
    ),
  ].join("\n\n");
}

const total = ({ effects }: FailoverReport, of: (effect: EffectVerdict) => number): number =>
  effects.reduce((sum, effect) => sum + of(effect), 0);

/** What a document says of several: each in a row, how operations were answered in the second, and what the last one lost. */
export function tellSummary(reports: readonly FailoverReport[]): string {
  const [, second, ...more] = reports;
  const last = more.at(-1);
  const parts = [
    table(
      [
        "what fails",
        "a replica is master after, ms",
        "the REST server writes to it after, ms",
        "acknowledged",
        "lost, replicated",
        "lost, not replicated",
        "unknown",
        "of these there",
        "twice",
      ],
      reports.map((report) => [
        titleOf(report),
        ms(report.promotedMs),
        ms(report.restMs),
        total(report, (effect) => effect.acknowledged),
        total(report, (effect) => effect.lostThoughReplicated),
        total(report, (effect) => effect.lost),
        total(report, (effect) => effect.unknown),
        total(report, (effect) => effect.unknownThere),
        total(report, (effect) => effect.twice),
      ]),
    ),
  ];
  if (second !== undefined) parts.push(`Of these, ${titleOf(second)}:`, tellAnswers(second));
  if (last !== undefined) {
    const lost = last.effects.filter((effect) => effect.lost > 0);
    const rows = lost.map((effect) => [effect.name, effect.acknowledged, effect.lost]);
    parts.push(`What was lost with ${titleOf(last)}:`, table(["promise", "acknowledged", "lost"], rows));
  }
  return parts.join("\n\n");
}
