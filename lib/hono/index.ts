export { idempotency, type IdempotencyMiddlewareOptions, type IdempotencyRefusal } from "./idempotency.ts";
export { ProblemError, problemResponse, type FieldError, type ProblemDetails } from "./problem.ts";
export { serverTiming } from "./server-timing.ts";
