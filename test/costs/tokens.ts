// What each operation of one-time tokens costs at most, as their documentation states it.

import type { IssuedToken, Tokens } from "../../lib/tokens/index.ts";
import type { CostRow } from "../support/costs.ts";

const issue = (tokens: Tokens) => tokens.issue("invitation", "ada", 60);

export const TOKENS: readonly CostRow<Tokens, IssuedToken>[] = [
  { operation: "`issue`", trips: 1, commands: 1, run: issue },
  {
    operation: "`redeem`",
    trips: 1,
    commands: 1,
    before: issue,
    run: (tokens, { token }) => tokens.redeem("invitation", token),
  },
  {
    operation: "`redeem`, what is no token",
    trips: 0,
    commands: 0,
    run: (tokens) => tokens.redeem("invitation", "made up"),
  },
];
