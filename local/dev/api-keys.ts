// The keys that the Worker knows under `npm run dev`.
import { createHash } from "node:crypto";
import { SettingError } from "../rest/settings.ts";

/** Has every scope, and exists only here: a deployed Worker never hears of it. */
export const DEVELOPMENT_KEY = "sedge-local";
const DEVELOPMENT_KEY_NAME = "local";

interface ApiKey {
  sha256: string;
  scopes: string[];
}

/**
 * The Worker's secret API_KEYS: the development key, and the environment's keys beside it.
 * @param fromEnvironment `{"name": {"sha256": "…", "scopes": ["counters:write"]}}` as JSON, or nothing
 * @throws SettingError where that is something else
 */
export function developmentApiKeys(fromEnvironment: string | undefined): string {
  const others = fromEnvironment === undefined || fromEnvironment === "" ? {} : parse(fromEnvironment);
  if (Object.hasOwn(others, DEVELOPMENT_KEY_NAME)) {
    throw new SettingError(
      `API_KEYS names a key "${DEVELOPMENT_KEY_NAME}", but that name is the development key's.`,
    );
  }
  const sha256 = createHash("sha256").update(DEVELOPMENT_KEY).digest("hex");
  return JSON.stringify({ ...others, [DEVELOPMENT_KEY_NAME]: { sha256, scopes: ["*"] } });
}

function parse(text: string): Record<string, ApiKey> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new SettingError("API_KEYS is not JSON.", { cause });
  }
  if (!isApiKeys(value)) {
    throw new SettingError(
      'API_KEYS must look like {"name": {"sha256": "64 hex digits", "scopes": ["counters:write"]}}.',
    );
  }
  return value;
}

function isApiKeys(value: unknown): value is Record<string, ApiKey> {
  return isRecord(value) && Object.values(value).every((key) => isApiKey(key));
}

function isApiKey(value: unknown): value is ApiKey {
  return (
    isRecord(value) &&
    typeof value.sha256 === "string" &&
    /^[0-9a-f]{64}$/i.test(value.sha256) &&
    Array.isArray(value.scopes) &&
    value.scopes.every((scope) => typeof scope === "string")
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
