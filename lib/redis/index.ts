export { createBreaker, type Breaker, type BreakerOptions } from "./breaker.ts";
export { createConnection, type Connection, type ConnectionOptions, type Redis } from "./connection.ts";
export { type Meter } from "./meter.ts";
export { type Script } from "./script.ts";
export { type Subscribe, type Subscription } from "./subscribe.ts";
