export { createConfigs } from "./configs.ts";
export { CONFIG_SCRIPTS } from "./scripts.ts";
export type * from "./types.ts";
