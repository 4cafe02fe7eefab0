export { createAddressGuard, type AddressCheck, type AddressGuard } from "./address.ts";
export { createResolver, type Resolve, type ResolvedNames, type Resolver } from "./resolve.ts";
export { createSecret, isSecret, SECRET_RULE } from "./secret.ts";
export { createWebhookSender, type SendWebhook, type WebhookOutcome } from "./send.ts";
