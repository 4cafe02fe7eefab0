// Ids nobody can guess and nobody else has.

import { base64url } from "./bytes.ts";

/** 96 random bits as 16 characters of base64url. */
export const randomId = (): string => base64url(crypto.getRandomValues(new Uint8Array(12)));
