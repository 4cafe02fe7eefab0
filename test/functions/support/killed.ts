import type { Services } from "../../../functions/services.ts";

/** A Worker that is killed behind each answer: what a sign-up or an event starts never runs. For `createHarness({ adapt })`. */
export const killedBehindAnswers = (services: Services): Services => ({
  ...services,
  outbox: { ...services.outbox, start: () => {} },
  dispatch: { ...services.dispatch, start: () => {} },
});
