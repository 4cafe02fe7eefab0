// The API's description, as the Worker's assets serve it. openapi.test.ts holds it to the routes.

import { readFileSync } from "node:fs";
import { join } from "node:path";

export const OPENAPI_FILE = join(import.meta.dirname, "../../../public/openapi.json");

/** @typeParam T what of it is looked at */
export const readOpenApi = <T>(): T => JSON.parse(readFileSync(OPENAPI_FILE, "utf8")) as T;
